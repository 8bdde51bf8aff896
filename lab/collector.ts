import { setTimeout as delay } from 'node:timers/promises'
import { bounded } from './bounded-span.ts'
import { EventLoopLag } from './event-loop-lag.ts'
import { LogSource } from './log-source.ts'
import { MetricHistory } from './metric-history.ts'
import type { MetricReader } from './metric-reader.ts'
import type { RemoteSource } from './remote-source.ts'
import { RuleEvaluation } from './rule-evaluation.ts'
import { SelfScrape, type Target } from './self-scrape.ts'
import type { TelemetryBuffer } from './telemetry-buffer.ts'
import { TraceStore } from './trace-store.ts'
import type { Exemplar } from './wire.ts'

/** Limits. */
export const LIMITS = { lines: 2000, traces: 300, samples: 15 * 60 }

/** Approximate bytes of spans; with the log and the samples below 60 MB. */
const TRACE_BYTES = 16 * 1024 * 1024

const SAMPLE_MS = 1000

export interface CollectorOptions {
  /** The name of this process. */
  readonly service: string
  readonly buffer: TelemetryBuffer
  /** Paths of rule files. */
  readonly rules: readonly string[]
  /** The other processes. */
  readonly sources: readonly RemoteSource[]
  /** Is called with background errors. */
  readonly report: (error: unknown) => void
  /** Is called with what a user should know. */
  readonly warn: (message: string) => void
}

/** Collects the telemetry of this process and of the others. */
export class Collector {
  readonly traces: TraceStore
  /** The data of the charts; undefined in a phase without metrics. */
  readonly history: MetricHistory | undefined
  /** All series of `/metrics`; undefined in a phase without metrics. */
  readonly scrape: SelfScrape | undefined
  /** Rules over these series; undefined in a phase without metrics. */
  readonly rules: RuleEvaluation | undefined
  /** The lines of `log`, for queries. */
  readonly lines: LogSource
  readonly #metrics: MetricReader | undefined
  readonly #lag = new EventLoopLag()
  readonly #buffer: TelemetryBuffer
  readonly #sources: readonly RemoteSource[]
  readonly #report: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined
  #collecting: Promise<void> | undefined
  #isSampling = false
  #isFailing = false

  constructor({ service, buffer, rules, sources, report, warn }: CollectorOptions) {
    this.#report = report
    this.#buffer = buffer
    this.#sources = sources
    this.#metrics = buffer.metrics
    this.lines = new LogSource(buffer.log)
    this.traces = new TraceStore(service, { traces: LIMITS.traces, bytes: TRACE_BYTES })
    if (buffer.metrics === undefined) return
    this.history = new MetricHistory(LIMITS.samples)
    this.scrape = new SelfScrape(LIMITS.samples * SAMPLE_MS, warn)
    this.rules = new RuleEvaluation({ files: rules, store: this.scrape.store, warn })
  }

  /** Starts sampling. @param target the labels of this app's series */
  start(target: Target): void {
    if (this.#metrics !== undefined) this.#lag.start()
    const take = () => void this.everySecond(target).catch(this.#report)
    take() // before the first request, whose counts the charts would otherwise miss
    this.#timer = setInterval(take, SAMPLE_MS).unref()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#lag.close()
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

  /** Takes a sample of the metrics, and what else is new. To be called each second. */
  async everySecond(target: Target): Promise<void> {
    const exemplars = (await this.#sample(target)) ?? []
    await this.rules?.tick(Date.now())
    await this.collect()
    this.traces.pin(exemplars.map(({ trace_id }) => trace_id))
    this.lines.forgetUnused()
  }

  /** Reports the first of several failures in a row. */
  async #sample(target: Target): Promise<Exemplar[] | undefined> {
    if (this.#isSampling) return undefined // a metric takes longer than a second
    this.#isSampling = true
    const time = Date.now()
    const startedAt = performance.now()
    try {
      const reading = await this.#metrics?.all(this.#lag)
      if (reading === undefined) return undefined
      this.scrape?.add(target, reading)
      this.#isFailing = false
      return this.history?.add(reading)
    } catch (error) {
      this.scrape?.addFailure(target, time, (performance.now() - startedAt) / 1000)
      if (!this.#isFailing) this.#report(error)
      this.#isFailing = true
      return undefined
    } finally {
      this.#isSampling = false
    }
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
