import type { FastifyBaseLogger } from 'fastify'

/**
 * Why a span was lost: no room to wait, a batch that was refused or not answered, a backend that took the batch but
 * not this span, or the end of the process.
 */
export type LossReason = 'queue_full' | 'export_failed' | 'rejected' | 'shutdown'

/** How long losses are added up for one warning, in milliseconds. */
const PERIOD_MS = 10_000

/**
 * Counts the spans that do not reach the backend, and tells of them: an outage is one warning when it begins and one
 * line with the count when it is over or the process ends; other losses are one warning every ten seconds, with the count.
 */
export class LostSpans {
  /** All since the start of the process. */
  readonly counts: Record<LossReason, number> = { queue_full: 0, export_failed: 0, rejected: 0, shutdown: 0 }
  readonly #log: FastifyBaseLogger
  readonly #periods: NodeJS.Timeout
  #untold = 0
  #isOut = false

  constructor(log: FastifyBaseLogger) {
    this.#log = log
    this.#periods = setInterval(() => {
      if (!this.#isOut)
        this.#warn('spans were dropped: they came faster than the backend took them, or it rejected them')
    }, PERIOD_MS).unref()
  }

  add(reason: LossReason, spans: number): void {
    this.counts[reason] += spans
    this.#untold += spans
  }

  outageBegins(reason: string | undefined): void {
    if (!this.#isOut) this.#log.warn({ reason }, 'traces cannot be sent; they are dropped until the backend is back')
    this.#isOut = true
  }

  outageEnds(): void {
    if (this.#isOut) this.#log.info({ dropped: this.#takeUntold() }, 'traces can be sent again')
    this.#isOut = false
  }

  /** Tells what has not been told yet. */
  close(): void {
    clearInterval(this.#periods)
    if (this.#isOut) this.#log.info({ dropped: this.#takeUntold() }, 'traces could not be sent until the process ended')
    else this.#warn('spans were dropped before the process ended')
  }

  #warn(message: string): void {
    const dropped = this.#takeUntold()
    if (dropped > 0) this.#log.warn({ dropped }, message)
  }

  #takeUntold(): number {
    const untold = this.#untold
    this.#untold = 0
    return untold
  }
}
