import { setTimeout as delay } from 'node:timers/promises'
import { bounded } from './bounded-span.ts'
import { MetricHistory } from './metric-history.ts'
import type { RemoteSource } from './remote-source.ts'
import type { TelemetryBuffer } from './telemetry-buffer.ts'
import { TraceStore } from './trace-store.ts'

/** Limits. */
export const LIMITS = { lines: 2000, traces: 300, samples: 15 * 60 }

/** Approximate bytes of spans; with the log and the samples well below 50 MB. */
const TRACE_BYTES = 16 * 1024 * 1024

const SAMPLE_MS = 1000

/** Collects the telemetry of this process and of the others. */
export class Collector {
  readonly traces: TraceStore
  /** Undefined in a phase without metrics. */
  readonly history: MetricHistory | undefined
  readonly #buffer: TelemetryBuffer
  readonly #sources: readonly RemoteSource[]
  readonly #report: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined
  #collecting: Promise<void> | undefined

  /**
   * @param service the name of this process
   * @param sources the other processes
   * @param report is called with background errors
   */
  constructor(
    service: string,
    buffer: TelemetryBuffer,
    sources: readonly RemoteSource[],
    report: (error: unknown) => void,
  ) {
    this.#report = report
    this.#buffer = buffer
    this.#sources = sources
    this.traces = new TraceStore(service, { traces: LIMITS.traces, bytes: TRACE_BYTES })
    this.history = buffer.readMetrics && new MetricHistory(buffer.readMetrics, LIMITS.samples)
  }

  /** Starts sampling. */
  start(): void {
    this.history?.start()
    const take = () => void this.#everySecond().catch(this.#report)
    take() // before the first request, whose counts the charts would otherwise miss
    this.#timer = setInterval(take, SAMPLE_MS).unref()
  }

  close(): void {
    clearInterval(this.#timer)
    this.history?.close()
  }

  /** Whether a reader polls several times a second and needs every span. */
  set watched(watched: boolean) {
    this.#buffer.pending.watched = watched
  }

  /** Log lines of all processes. */
  get log() {
    return this.#buffer.log
  }

  /** Fetches new telemetry. Concurrent calls share one fetch. */
  collect(): Promise<void> {
    this.#collecting ??= this.#collect().finally(() => {
      this.#collecting = undefined
    })
    return this.#collecting
  }

  /**
   * Collects repeatedly until `isThere` or a timeout. Lines are flushed, and spans of other processes arrive, shortly
   * after the answer was sent.
   */
  async collectUntil(isThere: () => boolean, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs
    for (;;) {
      await this.collect()
      if (isThere() || performance.now() > deadline) return
      await delay(POLL_MS)
    }
  }

  async #everySecond(): Promise<void> {
    const exemplars = await this.history?.sample()
    await this.collect()
    if (exemplars) this.traces.pin(exemplars.map(({ trace_id }) => trace_id))
  }

  async #collect(): Promise<void> {
    const handovers = await Promise.all(this.#sources.map((source) => source.take()))
    for (const handover of handovers) {
      if (handover === undefined) continue
      this.#buffer.log.add(Buffer.from(handover.lines))
      this.traces.add(handover.spans.map(bounded))
    }
    this.traces.add(this.#buffer.pending.take())
  }
}

const POLL_MS = 25
