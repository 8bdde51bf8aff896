import fastifyPlugin from 'fastify-plugin'
import { HttpError } from './problem.ts'

/**
 * Rules of HTTP that Node does not enforce, or enforces without a request event: exactly one `Host`, and no `Expect` that
 * the server does not know. Enforced in a hook, a violation is a request like any other to logs, metrics and traces.
 *
 * https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 * https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
 */
export const requestRules = fastifyPlugin(
  async (app) => {
    app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))

    app.addHook('onRequest', (request, reply, done) => {
      const { httpVersion, headers, rawHeaders } = request.raw
      const hosts = hostsIn(rawHeaders)
      if ((hosts === 0 && httpVersion === '1.1') || hosts > 1) {
        reply.header('connection', 'close')
        return done(new HttpError(400, `A request needs one Host header, and this one has ${hosts || 'none'}.`))
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

/** @param rawHeaders names and values in turn; `headers` has only the first of several */
function hostsIn(rawHeaders: readonly string[]): number {
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  return hosts
}
