import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'

/** What is known of the work that is being done right here. */
export interface Scope {
  /** What every log line carries. Add a field, and all lines from then on have it. */
  readonly fields: Record<string, string>
  /** The app that serves the request; undefined for work of which nothing says so, such as a gRPC call or a job. */
  readonly app?: FastifyInstance | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    scope: Scope
  }
}

/**
 * Carries a request's scope through everything that is done for it, across every `await`, so that a
 * line written deep in a store has the request's id and nobody has to pass a logger around.
 *
 * https://nodejs.org/api/async_context.html#class-asynclocalstorage
 */
export const scopes = new AsyncLocalStorage<Scope>()

/** The fields of the request that is being served right here, in whichever layer this is called. */
export function currentFields(): Record<string, string> {
  return scopes.getStore()?.fields ?? NONE
}

const NONE = {}

/** Calls `work` as a part of the request, from where that is not plain: an event of its connection, say. */
export function asPartOf<T>({ scope }: FastifyRequest, work: () => T): T {
  return scopes.run(scope, work)
}

/** Opens a scope for each request. */
export const requestScope = fastifyPlugin(
  async (app) => {
    app.decorateRequest('scope')
    app.decorate('isOwnWork', () => {
      const owner = scopes.getStore()?.app
      return owner === undefined || owner === app
    })

    app.addHook('onRequest', (request, _reply, done) => {
      request.scope = { fields: { request_id: request.id }, app }
      scopes.run(request.scope, done)
    })
  },
  { name: 'request-scope', dependencies: ['request-id'] },
)
