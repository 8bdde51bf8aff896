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
  /** The status of the answer that was sent, or 499 if the connection closed before an answer began. */
  readonly status: number
  /** Whether an answer began, so that `status` was sent. */
  readonly answered: boolean
  /** Whether the answer was cut off after its status had been sent. */
  readonly aborted: boolean
  /** The error of the handler, or of the stream that supplied the answer's body. */
  readonly error: Error | undefined
  /** When the error occurred, in milliseconds since 1970. */
  readonly failedAt: number | undefined
  /** From receiving the request to the end, in milliseconds. */
  readonly latency: number
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Calls the listener once for every observed request, when it has ended. */
    onRequestEnd(listener: (end: RequestEnd) => void): void
  }
  interface FastifyRequest {
    /** The template that the path matches, `/orders/:id`, or `unmatched`. Safe as a label: there are few. */
    route: string
    /** `false` if the `config` of the route excludes its requests from logs, metrics and traces. */
    observed: boolean
    /** The error that occurred; undefined if there is none. */
    failure: Failure | undefined
  }
}

/** nginx' number for "client closed request", for log lines and labels. It is never sent. */
const CLIENT_CLOSED_REQUEST = 499

/**
 * Adds `onRequestEnd`, which reports the end of every request, however it ends. Fastify's `onResponse` hook does not run
 * if the client disconnects before the answer begins. Such a request must also be logged, leave the count of active
 * requests and end its span.
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

    function notifyListeners(reply: FastifyReply): void {
      const { request } = reply
      const isComplete = isSent(reply)
      const answered = isComplete || hasStarted(reply)
      const aborted = answered && !isComplete
      const status = answered ? reply.statusCode : CLIENT_CLOSED_REQUEST
      const { error, failedAt, runInContext = runDirectly } = request.failure ?? NONE
      const end = { request, reply, status, answered, aborted, error, failedAt, latency: reply.elapsedTime }
      runInContext(() => {
        for (const listener of listeners) listener(end)
      })
    }

    app.addHook('onRequest', (request, reply, done) => {
      const { url = 'unmatched', config } = request.routeOptions
      request.route = url
      request.observed = config.observed !== false
      if (request.observed) onceEnded(reply, () => notifyListeners(reply))
      done()
    })

    app.addHook('onError', (request, _reply, error, done) => {
      request.failure = { error, failedAt: Date.now(), runInContext: currentContext() }
      done()
    })
    app.addHook('onSend', (request, _reply, payload, done) => {
      if (payload instanceof Readable) {
        const runInContext = currentContext()
        payload.once('error', (error) => {
          request.failure = { error, failedAt: Date.now(), runInContext }
        })
      }
      done()
    })
  },
  { name: 'request-end' },
)

/** An error that occurred in a request. */
export interface Failure {
  readonly error: Error
  readonly failedAt: number
  /** Calls `work` in the async context of the request, which the `close` event of a connection has lost. */
  readonly runInContext: (work: () => void) => void
}

const NONE: Partial<Failure> = {}
const runDirectly: Failure['runInContext'] = (work) => work()
const currentContext = (): Failure['runInContext'] => AsyncResource.bind(runDirectly)

/** Calls `listener` once, when the whole answer has been sent or the connection has closed before that. */
function onceEnded({ raw, request }: FastifyReply, listener: () => void): void {
  if (raw.socket !== null) {
    raw.on('close', listener)
    return
  }
  // The answer waits for its turn on the connection. If that closes first, Node 20 emits no 'close' for the answer.
  const callbacks = callbacksOf(request.raw.socket)
  const callOnce = () => {
    if (callbacks.delete(callOnce)) listener()
  }
  callbacks.add(callOnce)
  raw.on('close', callOnce)
}

/** Does not use `writableFinished`: Node 20 sets it even for bytes that were discarded with their connection. */
function isSent({ raw, request }: FastifyReply): boolean {
  return raw.writableEnded && !request.raw.socket.destroyed
}

/** A pipelined answer is held back until its turn on the connection comes. Until then it has no socket. */
function hasStarted({ raw }: FastifyReply): boolean {
  return raw.headersSent && (raw.socket !== null || raw.writableFinished)
}

const callbacksBySocket = new WeakMap<Socket, Set<() => void>>()

/** The callbacks for the close of a connection. There may be many, so they share one listener. */
function callbacksOf(socket: Socket): Set<() => void> {
  const known = callbacksBySocket.get(socket)
  if (known) return known
  const callbacks = new Set<() => void>()
  callbacksBySocket.set(socket, callbacks)
  socket.once('close', () => {
    for (const callback of callbacks) callback()
  })
  return callbacks
}
