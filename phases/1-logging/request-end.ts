import type { FastifyReply, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type {} from '../../src/phase.ts'

/** How a request ended. */
export interface RequestEnd {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** Of the answer, or 499 if the client did not wait for it. */
  readonly status: number
  /** From receiving the request to the end, in milliseconds. */
  readonly latency: number
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Calls the listener once for every observed request, when it is over. */
    onRequestEnd(listener: (end: RequestEnd) => void): void
  }
  interface FastifyRequest {
    /** The template that the path fits, `/v1/courses/:course_id`, or `unmatched`. Safe as a label: there are few. */
    route: string
    /** `false` for requests that are to leave no trace in logs, metrics and traces: a route's `config` says so. */
    observed: boolean
  }
}

/** nginx' number for "client closed request". No client ever sees it. */
const CLIENT_CLOSED_REQUEST = 499

/**
 * Tells when a request is over, however it ends. Fastify's `onResponse` hook does not run for a client
 * that hangs up while it waits, and such a request must be logged, must leave the count of active
 * requests and must end its span like any other.
 *
 * https://nodejs.org/api/http.html#event-close_2
 */
export const requestEnd = fastifyPlugin(
  async (app) => {
    const listeners: ((end: RequestEnd) => void)[] = []
    app.decorate('onRequestEnd', (listener) => {
      listeners.push(listener)
    })
    app.decorateRequest('route', '')
    app.decorateRequest('observed', true)

    app.addHook('onRequest', (request, reply, done) => {
      const { url = 'unmatched', config } = request.routeOptions
      request.route = url
      request.observed = config.observed !== false
      if (!request.observed) return done()
      reply.raw.on('close', () => {
        const status = reply.raw.writableFinished ? reply.statusCode : CLIENT_CLOSED_REQUEST
        const end = { request, reply, status, latency: reply.elapsedTime }
        for (const listener of listeners) listener(end)
      })
      done()
    })
  },
  { name: 'request-end' },
)
