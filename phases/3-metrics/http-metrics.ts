import fastifyPlugin from 'fastify-plugin'
import { Counter, Gauge, Histogram } from 'prom-client'
import { onEnd } from '../1-logging/on-end.ts'
import type { RequestEnd } from '../1-logging/request-end.ts'
import { channels } from '../announcements.ts'
import { knownMethod } from './known-method.ts'
import type {} from './process-metrics.ts'

const labelNames = ['method', 'route', 'status'] as const

type Labels = Readonly<Record<(typeof labelNames)[number], string | number>>

export interface HttpMetricsOptions {
  /** Creates the function that returns the exemplar for a duration, if it has one (phase 5). */
  readonly createExemplarOf?: () => (end: RequestEnd) => Record<string, string> | undefined
}

/**
 * RED: the rate, errors and duration of requests, the first questions about any service.
 * The counter gives rate and errors, the histogram gives the duration.
 *
 * https://grafana.com/blog/2018/08/02/the-red-method-how-to-instrument-your-services/
 */
export const httpMetrics = fastifyPlugin<HttpMetricsOptions>(
  async (app, { createExemplarOf }) => {
    const exemplarOf = createExemplarOf?.()

    // A counter only goes up. How fast it rises matters: rate(…[5m]).
    const count = new Counter({
      name: 'http_server_request_count_total',
      help: 'HTTP requests that have been answered.',
      registers: [app.registry],
      labelNames,
    })

    // A histogram counts observations by size: percentiles can be computed later, over any time and all instances.
    const duration = new Histogram({
      name: 'http_server_request_duration_seconds',
      help: 'Time from receiving a request to having answered it, in seconds.',
      registers: [app.registry],
      labelNames,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      enableExemplars: exemplarOf !== undefined,
    })

    // A gauge goes up and down. It shows the current value only.
    const active = new Gauge({
      name: 'http_server_requests_active',
      help: 'HTTP requests that are being served.',
      registers: [app.registry],
    })

    app.addHook('onRequest', (request, _reply, done) => {
      if (request.observed) active.inc()
      done()
    })

    function measure(labels: Labels, latency: number, exemplarLabels?: Record<string, string>): void {
      count.inc(labels)
      const seconds = latency / 1000
      if (exemplarOf) duration.observe({ labels, value: seconds, ...(exemplarLabels && { exemplarLabels }) })
      else duration.observe(labels, seconds)
    }

    app.onRequestEnd((end) => {
      const { request, status, latency } = end
      active.dec()
      // The template, never the path: /orders/:id is one series, paths with ids would be millions.
      measure({ method: knownMethod(request.method), route: request.route, status }, latency, exemplarOf?.(end))
    })

    // Input that Node could not turn into a request was answered too. It has neither a method nor a route.
    onEnd(app, channels.refusal, ({ status }, latency) => {
      measure({ method: '_OTHER', route: 'unmatched', status }, latency)
    })
  },
  { name: 'http-metrics', dependencies: ['request-end', 'process-metrics'] },
)
