import fastifyPlugin from 'fastify-plugin'
import { type Metric as AnyMetric, type MetricValueWithName, register } from 'prom-client'
import type { Metric, Series } from '../../lab/feed.ts'
import type { PhaseOptions } from '../phase.ts'
import type {} from './process-metrics.ts'

/** Lets the Lab read metrics. It reads them as a scrape does, but each by its name, and only those that it shows. */
export const labMetrics = fastifyPlugin<PhaseOptions>(
  async (app, { lab }) => {
    lab?.metrics((names) => {
      const found = names
        .map((name) => app.registry.getSingleMetric(name) ?? register.getSingleMetric(name))
        .filter((metric) => metric !== undefined)
      return Promise.all(found.map(read))
    })
  },
  { name: 'lab-metrics', dependencies: ['process-metrics'] },
)

async function read(metric: AnyMetric): Promise<Metric> {
  const { name, type, values } = (await metric.get()) as unknown as Omit<Metric, 'series'> & { values: Value[] }
  return { name, type, series: values.map((value) => seriesOf(name, value)) }
}

/** A value of prom-client; its types leave out the exemplar. */
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
