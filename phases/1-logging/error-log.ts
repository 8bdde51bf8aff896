import fastifyPlugin from 'fastify-plugin'
import type {} from './request-end.ts'

/**
 * Logs the error behind a 5xx answer, with its stack, even if the answer could not be sent. It also logs the error
 * that cut an answer off. A 4xx is the caller's mistake, so it is not logged as an error.
 */
export const errorLog = fastifyPlugin(
  async (app) => {
    app.onRequestEnd(({ reply, aborted, error }) => {
      if (error && (reply.statusCode >= 500 || aborted)) app.log.error({ err: error }, 'request failed')
    })
  },
  { name: 'error-log', dependencies: ['request-end'] },
)
