import type { FastifyBaseLogger } from 'fastify'

/**
 * Why a span was lost: the queue was full, the export of its batch failed, the backend rejected it out of a batch, or
 * the process ended.
 */
export type LossReason = 'queue_full' | 'export_failed' | 'rejected' | 'shutdown'

/** The interval between warnings about losses, in milliseconds. */
const INTERVAL_MS = 10_000

/**
 * Counts and logs the spans that do not reach the backend. An outage causes one warning when it begins and one line
 * with the count when it or the process ends. Other losses cause one warning every ten seconds at most, with the count.
 */
export class LostSpans {
  /** Lost spans since the start of the process, by reason. */
  readonly counts: Record<LossReason, number> = { queue_full: 0, export_failed: 0, rejected: 0, shutdown: 0 }
  readonly #log: FastifyBaseLogger
  readonly #interval: NodeJS.Timeout
  #unreported = 0
  #isDown = false

  constructor(log: FastifyBaseLogger) {
    this.#log = log
    this.#interval = setInterval(() => {
      if (!this.#isDown)
        this.#warn('spans were dropped: they came faster than the backend took them, or it rejected them')
    }, INTERVAL_MS).unref()
  }

  add(reason: LossReason, spans: number): void {
    this.counts[reason] += spans
    this.#unreported += spans
  }

  outageBegins(reason: string | undefined): void {
    if (!this.#isDown) this.#log.warn({ reason }, 'traces cannot be sent; they are dropped until the backend is back')
    this.#isDown = true
  }

  outageEnds(): void {
    if (this.#isDown) this.#log.info({ dropped: this.#takeLost() }, 'traces can be sent again')
    this.#isDown = false
  }

  /** Reports the losses that are not reported yet. */
  close(): void {
    clearInterval(this.#interval)
    if (this.#isDown) this.#log.info({ dropped: this.#takeLost() }, 'traces could not be sent until the process ended')
    else this.#warn('spans were dropped before the process ended')
  }

  #warn(message: string): void {
    const dropped = this.#takeLost()
    if (dropped > 0) this.#log.warn({ dropped }, message)
  }

  #takeLost(): number {
    const unreported = this.#unreported
    this.#unreported = 0
    return unreported
  }
}
