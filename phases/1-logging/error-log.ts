import fastifyPlugin from 'fastify-plugin'
import type {} from './request-end.ts'

/**
 * Logs the error behind every 5xx answer, also behind one that could no longer be sent, and behind one that
 * broke off, with its stack. A 4xx is the caller's mistake, not ours: it is no error in this log.
 */
export const errorLog = fastifyPlugin(
  async (app) => {
    app.onRequestEnd(({ reply, aborted, error }) => {
      if (error && (reply.statusCode >= 500 || aborted)) app.log.error({ err: error }, 'request failed')
    })
  },
  { name: 'error-log', dependencies: ['request-end'] },
)
