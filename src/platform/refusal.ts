import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { announce, channels, type RefusalAnnouncement } from '../../phases/announcements.ts'
import { HttpError } from './problem.ts'

/** The reply to the newest request of each connection. */
const newest = new WeakMap<Socket, FastifyReply>()
const refused = new WeakSet<Socket>()

/** Remembers which request a connection is busy with, for `onClientError`, and answers `CONNECT`. */
export function watchConnections(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    newest.set(request.raw.socket, reply)
    done()
  })
  app.server.on('connect', (_request: IncomingMessage, stream: Duplex) => {
    const socket = stream as Socket // of a plain server it is one
    socket.on('error', () => socket.destroy()) // Node has taken its own listeners off
    socket.resume()
    refuseNext(app, socket, 405, 'CONNECT')
  })
}

/**
 * Answers what Node's HTTP parser cannot read, or has waited for too long. Broken bytes that belong to the body of a
 * request end that request, which is answered like any other. Anything else never becomes a request: it is answered
 * by hand, after the answers that are still due on its connection.
 *
 * https://nodejs.org/api/http.html#event-clienterror
 */
export function onClientError(app: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || refused.has(socket)) return
  refused.add(socket) // the parser reports every further byte as another error
  const reason = error.code ?? 'UNKNOWN'
  const status = STATUS_OF[reason] ?? 400
  const reply = newest.get(socket)
  if (reply === undefined || reply.request.raw.complete) refuseNext(app, socket, status, reason)
  else refuseBody(reply, status)
}

const STATUS_OF: Record<string, number> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

function refuseBody(reply: FastifyReply, status: number): void {
  const { raw, request } = reply
  if (raw.writableEnded) {
    request.raw.socket.end() // it has its answer, and what follows cannot be read
  } else if (raw.headersSent) {
    raw.destroy() // a second answer within the first would pass for a part of it
  } else {
    const detail = status === 408 ? 'The body did not arrive in time.' : 'The body is not what HTTP allows.'
    reply.header('connection', 'close').send(new HttpError(status, detail))
  }
}

function refuseNext(app: FastifyInstance, socket: Socket, status: number, reason: string): void {
  const { raw } = newest.get(socket) ?? {}
  const peer = { address: socket.remoteAddress, port: socket.remotePort }
  const refusal = { server: app.server, peer, status, reason }
  if (raw === undefined || raw.closed) refuse(socket, refusal)
  else raw.once('close', () => refuse(socket, refusal))
}

function refuse(socket: Socket, refusal: RefusalAnnouncement): void {
  if (!socket.writable) return
  const send = () => new Promise<void>((resolve) => socket.end(answerTo(refusal), () => resolve()))
  void announce(channels.refusal, refusal, send)
}

function answerTo({ status, requestId }: RefusalAnnouncement): string {
  const title = STATUS_CODES[status]
  const body = JSON.stringify({
    type: 'about:blank',
    title,
    status,
    detail: 'This is not an HTTP request that the server understands.',
    request_id: requestId,
  })
  const headers = [
    'connection: close',
    'content-type: application/problem+json',
    `content-length: ${body.length}`,
    ...(status === 405 ? ['allow:'] : []), // an empty list: CONNECT names a host, which allows nothing here
    ...(requestId === undefined ? [] : [`x-request-id: ${requestId}`]),
  ]
  return `HTTP/1.1 ${status} ${title}\r\n${headers.join('\r\n')}\r\n\r\n${body}`
}
