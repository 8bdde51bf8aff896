import { type Metric as AnyMetric, type MetricValueWithName, type Registry, register } from 'prom-client'

/** Reads metrics by name, as a scrape does. Missing ones are left out. */
export type MetricReader = (names: readonly string[]) => Promise<Metric[]>

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

/** Reads from this registry, and from prom-client's global one if it is missing here. */
export function metricReader(registry: Pick<Registry, 'getSingleMetric'>): MetricReader {
  return (names) => {
    const found = names
      .map((name) => registry.getSingleMetric(name) ?? register.getSingleMetric(name))
      .filter((metric) => metric !== undefined)
    return Promise.all(found.map(read))
  }
}

async function read(metric: AnyMetric): Promise<Metric> {
  const { name, type, values } = (await metric.get()) as unknown as Omit<Metric, 'series'> & { values: Value[] }
  return { name, type, series: values.map((value) => seriesOf(name, value)) }
}

/** A value of prom-client, whose types omit the exemplar. */
type Value = MetricValueWithName<string> & {
  readonly exemplar?: {
    readonly labelSet: Record<string, string>
    readonly value: number
    readonly timestamp: number
  } | null
}

function seriesOf(name: string, { metricName = name, labels, value, exemplar }: Value): Series {
  return {
    name: metricName,
    labels: Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, String(text)])),
    value,
    ...(exemplar
      ? { exemplar: { labels: exemplar.labelSet, value: exemplar.value, time: exemplar.timestamp * 1000 } }
      : {}),
  }
}
