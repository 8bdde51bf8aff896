import { randomUUID } from 'node:crypto'
import fastifyPlugin from 'fastify-plugin'

/**
 * Gives every request an id and tells it to the caller as `x-request-id`. A caller that already has
 * one may send it along, as long as it looks like an id: it ends up in logs and headers.
 */
export const requestId = fastifyPlugin(
  async (app) => {
    app.setGenReqId(({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID()
    })
    app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id)
      done()
    })
  },
  { name: 'request-id' },
)

const ACCEPTED = /^[A-Za-z0-9._-]{1,128}$/
