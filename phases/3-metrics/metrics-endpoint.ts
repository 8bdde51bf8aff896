import fastifyPlugin from 'fastify-plugin'
import Negotiator from 'negotiator'
import { type Metric, type MetricObject, Registry, type RegistryContentType, register } from 'prom-client'
import type {} from '../phase.ts'
import type {} from './process-metrics.ts'

/**
 * `GET /metrics`, which Prometheus asks for every few seconds. It gets OpenMetrics, the only text format
 * with exemplars, if it says that it understands it, and the older text format otherwise.
 *
 * Beside the metrics of the phase it shows those of prom-client's global registry: what the application and its
 * libraries have made with `new Counter(…)`.
 *
 * https://prometheus.io/docs/instrumenting/content_negotiation/
 */
export const metricsEndpoint = fastifyPlugin(
  async (app) => {
    const hidden = new Set<string>()

    /** All metrics. A format allows each name once, so where both registries have one, the phase's is shown. */
    function shown(): MetricObject[] {
      const own = app.registry.getMetricsAsArray()
      const names = new Set(own.map(({ name }) => name))
      const others = register.getMetricsAsArray()
      const taken = others.map(({ name }) => name).filter((name) => names.has(name) && !hidden.has(name))
      if (taken.length > 0) app.log.warn({ metrics: taken }, 'metrics have the name of another one and are not shown')
      for (const name of taken) hidden.add(name)
      return [...own, ...others.filter(({ name }) => !names.has(name))]
    }

    app.get(
      '/metrics',
      {
        config: { traced: false },
        schema: {
          operationId: 'metrics',
          summary: 'Metrics for Prometheus',
          description: 'Prometheus text format, or OpenMetrics when the Accept header asks for it.',
          tags: ['Operations'],
          response: { 200: ALSO_OPENMETRICS },
        },
      },
      async (request, reply) => {
        const type = formatFor(request.headers.accept)
        return reply.type(type).send(await inFormat(type, shown()).metrics())
      },
    )
  },
  { name: 'metrics-endpoint', dependencies: ['process-metrics'] },
)

const example = '# TYPE http_server_requests_active gauge\nhttp_server_requests_active 1\n'

/** For the API's description: what a scrape looks like. */
export const METRICS_TEXT = {
  description: 'The metrics, a line for each series.',
  content: { 'text/plain': { schema: { type: 'string', examples: [example] } } },
}
const ALSO_OPENMETRICS = {
  ...METRICS_TEXT,
  content: {
    ...METRICS_TEXT.content,
    'application/openmetrics-text': { schema: { type: 'string', examples: [`${example}# EOF\n`] } },
  },
}

/** The client's choice. The older text format for a client that has none, or that accepts neither. */
function formatFor(accept = ''): RegistryContentType {
  // Prometheus asks for several versions of each format; there is one here.
  const withoutVersions = accept.replaceAll(/;\s*(?!q=)[^;,=]+=[^;,]*/gi, '')
  const chosen = new Negotiator({ headers: { accept: withoutVersions || undefined } }).mediaType([TEXT, OPENMETRICS])
  return chosen === OPENMETRICS ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE
}

const TEXT = 'text/plain'
const OPENMETRICS = 'application/openmetrics-text'

/**
 * The metrics in the format asked for. prom-client renames counters while it writes OpenMetrics
 * (their `_total` goes, and is put back on each line), so it gets a stand-in of each metric to rename.
 */
function inFormat(type: RegistryContentType, metrics: readonly MetricObject[]): Registry<RegistryContentType> {
  const registry: Registry<RegistryContentType> = new Registry()
  registry.setContentType(type)
  for (const metric of metrics) registry.registerMetric(Object.create(metric) as Metric)
  return registry
}
