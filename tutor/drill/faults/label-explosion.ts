import type { FastifyRequest } from 'fastify'
import { Counter } from 'prom-client'
import type {} from '../../../phases/4-tracing/server-spans.ts'
import type { Fault } from '../fault.ts'

interface Parameters {
  readonly metric: string
  readonly label: keyof typeof LABELS
}

/** Labels with unbounded values. */
const LABELS = {
  request_id: (request: FastifyRequest) => request.id,
  trace_id: (request: FastifyRequest) => request.span?.spanContext().traceId ?? '',
  path: (request: FastifyRequest) => request.originalUrl,
} as const

/** A developer adds a metric with an unbounded label. */
export const labelExplosion: Fault<Parameters> = {
  parameters: (random) => ({
    metric: random.pick(['page_views_total', 'api_calls_total', 'visits_total']),
    label: random.pick(['request_id', 'trace_id', 'path']),
  }),

  plugin: async (app, { parameters: { metric, label }, onBegin }) => {
    let counter: Counter<'route' | keyof typeof LABELS> | undefined
    app.addHook('onRequest', (request, _reply, done) => {
      const route = request.routeOptions.url ?? 'unmatched'
      counter?.inc({ route, [label]: LABELS[label](request) })
      done()
    })

    onBegin(() => {
      counter = new Counter({ name: metric, help: 'Requests that have come in.', labelNames: ['route', label] })
    })
  },
}
