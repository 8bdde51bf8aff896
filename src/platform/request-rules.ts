import fastifyPlugin from 'fastify-plugin'
import { HttpError } from './problem.ts'

/**
 * Two rules of HTTP that Node would enforce by itself, without a request event: a missing `Host` and an `Expect` that
 * the server does not know. Enforced in a hook, a violation is a request like any other to logs, metrics and traces.
 *
 * https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 * https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
 */
export const requestRules = fastifyPlugin(
  async (app) => {
    app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))

    app.addHook('onRequest', (request, reply, done) => {
      const { httpVersion, headers } = request.raw
      if (headers.host === undefined && httpVersion === '1.1') {
        reply.header('connection', 'close')
        return done(new HttpError(400, 'A request needs a Host header.'))
      }
      if (headers.expect !== undefined && httpVersion === '1.1' && !CONTINUE.test(headers.expect)) {
        return done(new HttpError(417, 'The server knows no Expect but 100-continue.'))
      }
      done()
    })
  },
  { name: 'request-rules' },
)

/** As Node reads it. */
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i
