import fastifyPlugin from 'fastify-plugin'
import Negotiator from 'negotiator'
import { type Metric, type MetricObject, Registry, type RegistryContentType, register } from 'prom-client'
import type {} from '../phase.ts'
import type {} from './process-metrics.ts'

/**
 * `GET /metrics`, which Prometheus scrapes every few seconds. A client that accepts OpenMetrics gets it, because only
 * this text format has exemplars. Others get the older text format.
 *
 * The answer holds the metrics of the phase and those of prom-client's global registry, where `new Counter(…)` in the
 * application and its libraries puts them.
 *
 * https://prometheus.io/docs/instrumenting/content_negotiation/
 */
export const metricsEndpoint = fastifyPlugin(
  async (app) => {
    const reported = new Set<string>()

    /** All metrics. A format allows each name once, so the phase's metric wins where both registries have the name. */
    function metricsToShow(): MetricObject[] {
      const own = app.registry.getMetricsAsArray()
      const names = new Set(own.map(({ name }) => name))
      const others = register.getMetricsAsArray()
      const taken = others.map(({ name }) => name).filter((name) => names.has(name) && !reported.has(name))
      if (taken.length > 0) app.log.warn({ metrics: taken }, 'metrics have the name of another one and are not shown')
      for (const name of taken) reported.add(name)
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
        return reply.type(type).send(await inFormat(type, metricsToShow()).metrics())
      },
    )
  },
  { name: 'metrics-endpoint', dependencies: ['process-metrics'] },
)

const example = '# TYPE http_server_requests_active gauge\nhttp_server_requests_active 1\n'

/** The response schema of a scrape, for the API's description. */
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

/** The format that the client prefers; the older text format if it states none, or accepts neither. */
function formatFor(accept = ''): RegistryContentType {
  // Prometheus lists several versions of each format; this server has one.
  const withoutVersions = accept.replaceAll(/;\s*(?!q=)[^;,=]+=[^;,]*/gi, '')
  const chosen = new Negotiator({ headers: { accept: withoutVersions || undefined } }).mediaType([TEXT, OPENMETRICS])
  return chosen === OPENMETRICS ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE
}

const TEXT = 'text/plain'
const OPENMETRICS = 'application/openmetrics-text'

/**
 * A registry that writes the metrics in this format. For OpenMetrics, prom-client removes `_total` from the names of
 * counters and appends it to each line again, so it gets a copy of each metric to rename.
 */
function inFormat(type: RegistryContentType, metrics: readonly MetricObject[]): Registry<RegistryContentType> {
  const registry: Registry<RegistryContentType> = new Registry()
  registry.setContentType(type)
  for (const metric of metrics) registry.registerMetric(Object.create(metric) as Metric)
  return registry
}
