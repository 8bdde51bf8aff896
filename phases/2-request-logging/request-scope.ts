import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'

/** The context of the current work. */
export interface Scope {
  /** Fields of every log line. A field that you add is on all further lines. */
  readonly fields: Record<string, string>
  /** The app that serves the request; undefined where that is unknown, as in a gRPC call or a job. */
  readonly app?: FastifyInstance | undefined
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Calls `work`, whose announcements this app does not log, count or trace: work for the telemetry itself. */
    runUnobserved<T>(work: () => T): T
  }
  interface FastifyRequest {
    scope: Scope
  }
}

/**
 * Carries a request's scope through all work done for it, across every `await`. A line written deep in a store has the
 * request's id, and no function has to pass a logger on.
 *
 * https://nodejs.org/api/async_context.html#class-asynclocalstorage
 */
export const scopes = new AsyncLocalStorage<Scope>()

/** The fields of the current scope, from any layer; empty outside a scope. */
export function currentFields(): Record<string, string> {
  return scopes.getStore()?.fields ?? NONE
}

const NONE = {}

/** Calls `work` in the scope of the request, from a callback that has lost it, such as an event of the connection. */
export function runAsPartOf<T>({ scope }: FastifyRequest, work: () => T): T {
  return scopes.run(scope, work)
}

/** The scope of work that belongs to no app. */
const UNOBSERVED: Scope = { fields: {}, app: {} as FastifyInstance }

/** Opens a scope for each request. */
export const requestScope = fastifyPlugin(
  async (app) => {
    app.decorateRequest('scope')
    app.decorate('isOwnWork', () => {
      const owner = scopes.getStore()?.app
      return owner === undefined || owner === app
    })
    app.decorate('runUnobserved', (work) => scopes.run(UNOBSERVED, work))

    app.addHook('onRequest', (request, _reply, done) => {
      request.scope = { fields: { request_id: request.id }, app }
      scopes.run(request.scope, done)
    })
  },
  { name: 'request-scope', dependencies: ['request-id'] },
)
