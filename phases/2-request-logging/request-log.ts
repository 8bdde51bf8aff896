import fastifyPlugin from 'fastify-plugin'
import { milliseconds } from '../1-logging/on-end.ts'
import type { RequestEnd } from '../1-logging/request-end.ts'
import { selectLoggable } from './loggable-headers.ts'
import { pathOf } from './path-of.ts'
import { runAsPartOf } from './request-scope.ts'

/** Logs each request when it starts (debug) and when it ends (info, warn or error). */
export const requestLog = fastifyPlugin(
  async (app) => {
    if (DETAILED.has(app.log.level)) {
      app.addHook('onRequest', (request, _reply, done) => {
        if (request.observed) {
          const { method, headers } = request
          app.log.debug({ method, path: pathOf(request), headers: selectLoggable(headers) }, 'request started')
        }
        done()
      })
    }

    app.onRequestEnd((end) => {
      const { request, status, aborted, latency } = end
      const line = {
        method: request.method,
        path: pathOf(request),
        route: request.route,
        status,
        aborted: aborted || undefined, // left out unless true
        latency: milliseconds(latency),
      }
      runAsPartOf(request, () => app.log[levelOf(end)](line, 'request completed'))
    })
  },
  { name: 'request-log', dependencies: ['request-end', 'request-scope'] },
)

const DETAILED = new Set(['trace', 'debug'])

function levelOf({ status, aborted, error }: RequestEnd): 'info' | 'warn' | 'error' {
  if (status >= 500 || (aborted && error)) return 'error'
  return status >= 400 || aborted ? 'warn' : 'info'
}
