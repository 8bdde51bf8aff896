import { type Metric as AnyMetric, type Registry, register } from 'prom-client'
import type { EventLoopLag, LagValues } from './event-loop-lag.ts'

/** Reads the metrics of an app. */
export interface MetricReader {
  /** The current values of metrics. Missing ones are left out. */
  some(names: readonly string[]): Promise<Metric[]>
  /**
   * All metrics that a scrape of `/metrics` would show, without disturbing what scrapes see.
   *
   * @throws when a metric cannot be read: a scrape would fail, too.
   */
  all(lag: EventLoopLag): Promise<Reading>
}

/** The current values of a metric. */
export interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** A histogram has several per set of labels: a `_bucket` for each `le`, `_sum` and `_count`. */
  readonly series: readonly Series[]
}

export interface Series {
  /** With its suffix, as on /metrics. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** `time` is in milliseconds since 1970. */
  readonly exemplar?: {
    readonly labels: Readonly<Record<string, string>>
    readonly value: number
    readonly time: number
  }
}

/** All metrics at one time. */
export interface Reading {
  /** When it began, in milliseconds since 1970. */
  readonly time: number
  /** How long it took, in seconds. */
  readonly duration: number
  readonly families: ReadonlyMap<string, Family>
  readonly lag: LagValues
}

/** A metric as prom-client has it. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly values: readonly FamilyValue[]
}

export interface FamilyValue {
  /** The name with its suffix, if it has one. */
  readonly metricName?: string
  /** Values of any type, which are written as text. */
  readonly labels: Readonly<Record<string, unknown>>
  /** The further labels of a histogram's values. The same object in each reading. */
  readonly sharedLabels?: Readonly<Record<string, unknown>>
  readonly value: number
  /** Its `timestamp` is in seconds since 1970. */
  readonly exemplar?: {
    readonly labelSet: Readonly<Record<string, unknown>>
    readonly value: number
    readonly timestamp: number
  } | null
}

/**
 * Of so many readings, one waits for the metrics that have to ask something else, such as a database. The others repeat
 * their last values, for the database has better things to do.
 */
const SLOW_EVERY = 5

type Registered = AnyMetric & { readonly name: string; readonly collect?: () => unknown }

/** Reads from a registry, and from prom-client's global one what is missing there. */
export class RegistryReader implements MetricReader {
  readonly #registry: Pick<Registry, 'getSingleMetric' | 'getMetricsAsArray'>
  readonly #runUnobserved: <T>(work: () => T) => T
  #reading = 0
  /** The last reading that waited for a metric. */
  readonly #waitedFor = new WeakMap<AnyMetric, number>()

  /** @param runUnobserved calls work that must not show in the metrics, such as the SQL that a gauge needs */
  constructor(
    registry: Pick<Registry, 'getSingleMetric' | 'getMetricsAsArray'>,
    runUnobserved: <T>(work: () => T) => T = (work) => work(),
  ) {
    this.#registry = registry
    this.#runUnobserved = runUnobserved
  }

  some(names: readonly string[]): Promise<Metric[]> {
    const found = names
      .map((name) => this.#registry.getSingleMetric(name) ?? register.getSingleMetric(name))
      .filter((metric) => metric !== undefined)
    return Promise.all(found.map(async (metric) => metricOf((await metric.get()) as unknown as Family)))
  }

  async all(eventLoopLag: EventLoopLag): Promise<Reading> {
    const time = Date.now()
    const startedAt = performance.now()
    const lag = eventLoopLag.read()
    this.#reading++
    const metrics = this.#shown()
    const families = await this.#runUnobserved(() => Promise.all(metrics.map((metric) => this.#read(metric, lag))))
    const duration = (performance.now() - startedAt) / 1000
    return { time, duration, lag, families: new Map(families.map((family) => [family.name, family])) }
  }

  #shown(): Registered[] {
    const metrics = new Map<string, Registered>()
    for (const source of [this.#registry, register]) {
      for (const metric of source.getMetricsAsArray() as unknown as Registered[])
        if (!metrics.has(metric.name)) metrics.set(metric.name, metric)
    }
    return [...metrics.values()]
  }

  async #read(metric: Registered, lag: LagValues): Promise<Family> {
    if (metric.name in lag) {
      const family = await valuesOf(uncollected(metric))
      const labels = family.values[0]?.labels ?? {}
      return { ...family, values: [{ labels, value: lag[metric.name as keyof LagValues] }] }
    }
    const waited = this.#waitedFor.get(metric)
    if (waited !== undefined && this.#reading < waited + SLOW_EVERY) return valuesOf(uncollected(metric))
    return valuesOf(metric.collect === undefined ? metric : this.#watched(metric))
  }

  /** Notes whether its `collect` has to wait. */
  #watched(metric: Registered): Registered {
    const collect = () => {
      const collecting = metric.collect?.()
      if (collecting instanceof Promise) this.#waitedFor.set(metric, this.#reading)
      return collecting
    }
    return Object.create(metric, { collect: { value: collect } })
  }
}

/** The metric with its last values, without calling its `collect`. */
function uncollected(metric: Registered): Registered {
  return Object.create(metric, { collect: { value: undefined } })
}

/** As on a scrape. Histograms have the method that scrapes use: it does not copy the labels to each bucket. */
async function valuesOf(metric: Registered): Promise<Family> {
  const { getForPromString } = metric as { getForPromString?: () => Promise<unknown> }
  if (getForPromString !== undefined) return (await getForPromString.call(metric)) as Family
  const family = (await metric.get()) as unknown as Family
  // Copies, because the values go on changing while other metrics are read.
  return { ...family, values: family.values.map((value) => ({ ...value })) }
}

/** The values of a metric, with all labels on each and as text. */
export function metricOf({ name, type, values }: Family): Metric {
  let group: object | undefined
  let shared: Record<string, string> = {}
  const series = values.map((value) => {
    if (value.sharedLabels !== group) {
      group = value.sharedLabels
      shared = textOf(value.sharedLabels ?? {})
    }
    return seriesOf(name, value, { ...shared, ...textOf(value.labels) })
  })
  return { name, type: type as Metric['type'], series }
}

function seriesOf(
  name: string,
  { metricName = name, value, exemplar }: FamilyValue,
  labels: Readonly<Record<string, string>>,
): Series {
  if (!exemplar) return { name: metricName, labels, value }
  const { labelSet, timestamp } = exemplar
  const found = { labels: textOf(labelSet), value: exemplar.value, time: timestamp * 1000 }
  return { name: metricName, labels, value, exemplar: found }
}

/** Labels as text. */
export function textOf(labels: Readonly<Record<string, unknown>>): Record<string, string> {
  const text: Record<string, string> = {}
  for (const label in labels) text[label] = String(labels[label])
  return text
}
