import type { FastifyError, FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify'
import type { Limits } from '../query/promql/budget.ts'
import { LokiApi } from '../query/server/loki-api.ts'
import { type ApiResponse, PrometheusApi } from '../query/server/prometheus-api.ts'
import type { Collector } from './collector.ts'
import { PANEL_PHASE } from './course.ts'
import { explainRoutes } from './explain-routes.ts'
import { acceptForms, parametersOf } from './form-parameters.ts'
import type { Panel } from './wire.ts'

/** A query runs in the process that serves users, so it may take little. */
const QUERY_LIMITS: Limits = { samples: 5_000_000, time: 1000 }

export interface QueryRoutesOptions {
  readonly collector: Collector
  readonly panels: readonly Panel[]
}

/** Answers a request of an API; undefined if there is nothing at the path. */
type Answer = (path: string, parameters: URLSearchParams) => ApiResponse | undefined | Promise<ApiResponse | undefined>

/**
 * The HTTP APIs of Prometheus and Loki, over what the Lab has: `/lab/prometheus/api/v1/…` and `/lab/loki/api/v1/…`; and
 * explanations of queries.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/api/
 * https://grafana.com/docs/loki/latest/reference/loki-http-api/
 */
export const queryRoutes: FastifyPluginAsync<QueryRoutesOptions> = async (app, { collector, panels }) => {
  acceptForms(app)
  await app.register(prometheusRoutes, { prefix: '/lab/prometheus', collector, panels })
  await app.register(lokiRoutes, { prefix: '/lab/loki', collector, panels })
  await app.register(explainRoutes, { prefix: '/lab/api', collector, panels, limits: QUERY_LIMITS })
}

const prometheusRoutes: FastifyPluginAsync<QueryRoutesOptions> = async (app, { collector, panels }) => {
  const { scrape, rules } = collector
  const missing = panels.includes('metrics') ? undefined : missingBefore('metrics', PANEL_PHASE.metrics)
  const api = scrape && new PrometheusApi(scrape, { limits: QUERY_LIMITS }, Date.now, rules)
  const failed = (status: number, errorType: string, error: string) => ({
    status,
    body: { status: 'error', errorType, error },
  })
  for (const path of ['/-/ready', '/-/healthy']) {
    app.get(path, HIDDEN, (_request, reply) =>
      missing === undefined ? 'Ready.\n' : reply.code(503).send(`${missing}\n`),
    )
  }
  serve(
    app,
    (path, parameters) => (missing === undefined ? api?.answer(path, parameters) : failed(422, 'execution', missing)),
    (status, message) => failed(status, TYPES[status] ?? 'bad_data', message),
  )
}

function missingBefore(signal: string, phase: number): string {
  return `there are no ${signal} before phase ${phase}; start it with \`npm run phase:${phase}\``
}

const TYPES: Readonly<Record<number, string>> = { 404: 'not_found', 500: 'internal' }

const lokiRoutes: FastifyPluginAsync<QueryRoutesOptions> = async (app, { collector, panels }) => {
  const missing = panels.includes('logs') ? undefined : missingBefore('logs', PANEL_PHASE.logs)
  const api = new LokiApi(collector.lines, QUERY_LIMITS)
  serve(
    app,
    async (path, parameters) => {
      if (missing !== undefined) return { status: 422, body: missing }
      await collector.collect()
      return api.answer(path, parameters)
    },
    (status, message) => ({ status, body: message }),
  )
}

/** @param failure puts an error into the words of the API */
function serve(app: FastifyInstance, answer: Answer, failure: (status: number, message: string) => ApiResponse): void {
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const status = error.statusCode ?? 500
    return send(reply, failure(status, status >= 500 ? 'internal error' : error.message))
  })
  app.route<{ Params: { '*': string } }>({
    method: ['GET', 'POST'],
    url: '/api/v1/*',
    ...HIDDEN,
    handler: async (request, reply) => {
      const found = await answer(request.params['*'], parametersOf(request))
      return send(reply, found ?? failure(404, `there is nothing at ${request.url.split('?')[0]}`))
    },
  })
  app.all('/*', HIDDEN, (request, reply) =>
    send(reply, failure(404, `there is nothing at ${request.url.split('?')[0]}`)),
  )
}

const HIDDEN = { schema: { hide: true } } as const

function send(reply: FastifyReply, { status, body }: ApiResponse): FastifyReply {
  const isText = typeof body === 'string'
  return reply
    .code(status)
    .type(isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8')
    .send(isText ? body : JSON.stringify(body))
}
