import { randomUUID } from 'node:crypto'
import fastifyPlugin from 'fastify-plugin'

/**
 * Gives every request an id and tells it to the caller as `x-request-id`. A caller that already has
 * one may send it along, as long as it looks like an id: it ends up in logs and headers.
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

/** The id that a caller has given, if it can be accepted, or else a new one. */
export function idFrom(given: unknown): string {
  return typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID()
}

const ACCEPTED = /^[A-Za-z0-9._-]{1,128}$/
