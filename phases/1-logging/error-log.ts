import type { FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type {} from './request-end.ts'

/**
 * Logs the error behind every 5xx answer, with its stack. A 4xx is the caller's mistake, not ours:
 * it is no error in this log.
 */
export const errorLog = fastifyPlugin(
  async (app) => {
    const errors = new WeakMap<FastifyRequest, Error>()

    app.addHook('onError', (request, _reply, error, done) => {
      errors.set(request, error)
      done()
    })
    app.onRequestEnd(({ request, status }) => {
      const err = errors.get(request)
      if (err && status >= 500) app.log.error({ err }, 'request failed')
    })
  },
  { name: 'error-log', dependencies: ['request-end'] },
)
