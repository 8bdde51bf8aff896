import { setTimeout as delay } from 'node:timers/promises'
import { bounded } from './bounded-span.ts'
import { MetricHistory } from './metric-history.ts'
import type { RemoteSource } from './remote-source.ts'
import type { TelemetryBuffer } from './telemetry-buffer.ts'
import { TraceStore } from './trace-store.ts'

/** What is kept at most. */
export const LIMITS = { lines: 2000, traces: 300, samples: 15 * 60 }

/** About, of spans; with the log and the samples well below 50 MB. */
const TRACE_BYTES = 16 * 1024 * 1024

const SAMPLE_MS = 1000

/** Brings together what this process and the others have for the Lab. */
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
   * @param report is told what goes wrong in the background
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

  /** Begins to take samples. */
  start(): void {
    this.history?.start()
    const take = () => void this.#everySecond().catch(this.#report)
    take() // before the first request, or what that one counts would be missing from the charts
    this.#timer = setInterval(take, SAMPLE_MS).unref()
  }

  close(): void {
    clearInterval(this.#timer)
    this.history?.close()
  }

  /** Whether somebody asks several times a second, and wants to miss nothing. */
  set watched(watched: boolean) {
    this.#buffer.pending.watched = watched
  }

  /** Log lines of all processes. */
  get log() {
    return this.#buffer.log
  }

  /** Fetches what is new. Those who ask at the same time wait for the same. */
  collect(): Promise<void> {
    this.#collecting ??= this.#collect().finally(() => {
      this.#collecting = undefined
    })
    return this.#collecting
  }

  /**
   * Collects again and again until `isThere`, for as long as `timeoutMs`. Lines are written, and spans of other
   * processes arrive, a moment after the answer has gone out.
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
