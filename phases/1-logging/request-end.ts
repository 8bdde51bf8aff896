import { AsyncResource } from 'node:async_hooks'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type {} from '../phase.ts'

/** How a request ended. */
export interface RequestEnd {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** Of the answer that was sent, or 499 if the connection closed before an answer began. */
  readonly status: number
  /** Whether an answer began, so that `status` was sent. */
  readonly answered: boolean
  /** Whether the answer was cut off after its status had been sent. */
  readonly aborted: boolean
  /** What failed: the handler, or the stream that the answer's body came from. */
  readonly error: Error | undefined
  /** When it failed, in milliseconds since 1970. */
  readonly failedAt: number | undefined
  /** From receiving the request to the end, in milliseconds. */
  readonly latency: number
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Calls the listener once for every observed request, when it is over. */
    onRequestEnd(listener: (end: RequestEnd) => void): void
  }
  interface FastifyRequest {
    /** The template that the path fits, `/orders/:id`, or `unmatched`. Safe as a label: there are few. */
    route: string
    /** `false` for requests that are to leave no trace in logs, metrics and traces: a route's `config` says so. */
    observed: boolean
    /** What failed, once something has. */
    failure: Failure | undefined
  }
}

/** nginx' number for "client closed request", for log lines and labels. It is never sent. */
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
    app.decorateRequest('failure', undefined)

    function tellEnd(reply: FastifyReply): void {
      const { request } = reply
      const isComplete = isSent(reply)
      const answered = isComplete || isBegun(reply)
      const aborted = answered && !isComplete
      const status = answered ? reply.statusCode : CLIENT_CLOSED_REQUEST
      const { error, failedAt, within = atOnce } = request.failure ?? NONE
      const end = { request, reply, status, answered, aborted, error, failedAt, latency: reply.elapsedTime }
      within(() => {
        for (const listener of listeners) listener(end)
      })
    }

    app.addHook('onRequest', (request, reply, done) => {
      const { url = 'unmatched', config } = request.routeOptions
      request.route = url
      request.observed = config.observed !== false
      if (request.observed) whenOver(reply, () => tellEnd(reply))
      done()
    })

    app.addHook('onError', (request, _reply, error, done) => {
      request.failure = { error, failedAt: Date.now(), within: currentContext() }
      done()
    })
    app.addHook('onSend', (request, _reply, payload, done) => {
      if (payload instanceof Readable) {
        const within = currentContext()
        payload.once('error', (error) => {
          request.failure = { error, failedAt: Date.now(), within }
        })
      }
      done()
    })
  },
  { name: 'request-end' },
)

/** What failed in a request. */
export interface Failure {
  readonly error: Error
  readonly failedAt: number
  /** Calls something in the context in which the request was served: the end of a connection has lost it. */
  readonly within: (work: () => void) => void
}

const NONE: Partial<Failure> = {}
const atOnce: Failure['within'] = (work) => work()
const currentContext = (): Failure['within'] => AsyncResource.bind(atOnce)

/** Calls `over` once: when the whole answer has been sent, or when the connection has closed before that. */
function whenOver({ raw, request }: FastifyReply, over: () => void): void {
  if (raw.socket !== null) {
    raw.on('close', over)
    return
  }
  // The answer waits for its turn on the connection. If that closes first, Node 20 emits no 'close' for the answer.
  const waiting = waitingOn(request.raw.socket)
  const overOnce = () => {
    if (waiting.delete(overOnce)) over()
  }
  waiting.add(overOnce)
  raw.on('close', overOnce)
}

/** Not `writableFinished`: Node 20 says that also of bytes which were thrown away with their connection. */
function isSent({ raw, request }: FastifyReply): boolean {
  return raw.writableEnded && !request.raw.socket.destroyed
}

/** Behind other answers on the same connection, an answer is kept back until its turn comes: it has no socket so long. */
function isBegun({ raw }: FastifyReply): boolean {
  return raw.headersSent && (raw.socket !== null || raw.writableFinished)
}

const waitingAnswers = new WeakMap<Socket, Set<() => void>>()

/** What to call when the connection closes. There may be many, so they share one listener. */
function waitingOn(socket: Socket): Set<() => void> {
  const known = waitingAnswers.get(socket)
  if (known) return known
  const waiting = new Set<() => void>()
  waitingAnswers.set(socket, waiting)
  socket.once('close', () => {
    for (const over of waiting) over()
  })
  return waiting
}
