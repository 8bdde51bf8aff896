/**
 * Exercise 2.1: A field on every line of a request
 *
 * A customer says that bookings fail since the last update of the app. To find the lines of that version, every line
 * of a request has to say which version sent it, also the lines deep in the database layer. So far there is one extra
 * line with the version, and all others lack it.
 *
 * Put the version on every line as `app_version`, without passing it from function to function.
 *
 * Where to look: `Scope` in phases/2-request-logging/request-scope.ts holds what is on every line of a request.
 */
import type { FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type {} from '../../2-request-logging/request-scope.ts'

export const appVersion = fastifyPlugin(
  async (app) => {
    app.addHook('onRequest', (request, _reply, done) => {
      const version = versionOf(request)
      // Exercise 2.1: your part begins
      if (version !== undefined) app.log.info({ app_version: version }, 'the app said its version')
      // Exercise 2.1: your part ends
      done()
    })
  },
  { name: 'app-version', dependencies: ['request-scope'] },
)

/** The content of `x-app-version`, if it looks like a version: it ends up in the log. */
function versionOf({ headers }: FastifyRequest): string | undefined {
  const given = headers['x-app-version']
  return typeof given === 'string' && /^\d{1,4}(\.\d{1,4}){0,2}$/.test(given) ? given : undefined
}
