import { randomUUID } from 'node:crypto'
import fastifyPlugin from 'fastify-plugin'

/**
 * Gives every request an id and returns it to the caller as `x-request-id`. A caller may send an id of its own. It is
 * accepted only if it looks like an id, because it is written to logs and headers.
 */
export const requestId = fastifyPlugin(
  async (app) => {
    app.setGenReqId(({ headers }) => idFrom(headers['x-request-id']))
    app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id)
      done()
    })
  },
  { name: 'request-id' },
)

/** The caller's id if it is acceptable, otherwise a new one. */
export function idFrom(given: unknown): string {
  return typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID()
}

const ACCEPTED = /^[A-Za-z0-9._-]{1,128}$/
