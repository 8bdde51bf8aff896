import type { FastifyRequest } from 'fastify'
import { Counter } from 'prom-client'
import type {} from '../../../phases/4-tracing/server-spans.ts'
import type { Fault } from '../fault.ts'

interface Parameters {
  readonly metric: string
  readonly label: keyof typeof LABELS
}

/** Each of these takes new values for as long as requests come. */
const LABELS = {
  request_id: (request: FastifyRequest) => request.id,
  trace_id: (request: FastifyRequest) => request.span?.spanContext().traceId ?? '',
  path: (request: FastifyRequest) => request.originalUrl,
} as const

/** A developer adds a metric, with the one label that they wanted to know about. */
export const labelExplosion: Fault<Parameters> = {
  parameters: (dice) => ({
    metric: dice.pick(['page_views_total', 'api_calls_total', 'visits_total']),
    label: dice.pick(['request_id', 'trace_id', 'path']),
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
