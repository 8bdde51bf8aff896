import type { Http2Server, ServerHttp2Session, Settings } from 'node:http2'
import { Server, type ServerOptions } from '@grpc/grpc-js'

/** Private fields of `Server` for which it has no options. */
interface Internals {
  handlers: ReadonlyMap<string, object>
  readonly commonServerOptions: { settings?: Settings }
  readonly http2Servers: ReadonlyMap<Http2Server, unknown>
}

/**
 * A server whose interceptors see every call, including calls of unknown methods, and that limits metadata: it announces
 * the limit to clients, and resets a stream that exceeds it.
 *
 * @param maxMetadataBytes of names and values, plus 32 bytes for each pair
 * @returns the server and its methods by their paths
 */
export function createStrictServer(
  options: ServerOptions,
  maxMetadataBytes: number,
): { server: Server; methods: ReadonlyMap<string, object> } {
  const server = new Server(options)
  const internals = server as unknown as Internals
  const methods = new Methods()
  internals.handlers = methods
  const { commonServerOptions } = internals
  commonServerOptions.settings = { ...commonServerOptions.settings, maxHeaderListSize: maxMetadataBytes }
  return { server, methods }
}

/** How often connections are checked, and how long a suspicious one has to answer a ping. */
const CHECK_MS = 1000
const PING_MS = 2000

/**
 * Closes connections that have become unresponsive. Call it after the server is bound. When a header exceeds 64 KiB,
 * nghttp2 sends GOAWAY and ignores further frames, but Node.js leaves the connection open, and its callers wait.
 */
export function closeUnresponsiveConnections(server: Server): void {
  const { http2Servers } = server as unknown as Internals
  for (const http2Server of http2Servers.keys()) http2Server.on('session', watch)
}

function watch(session: ServerHttp2Session): void {
  let seen = 0
  session.on('stream', ({ id = 0 }) => {
    seen = id
  })
  const timer = setInterval(() => {
    // A stream that started and never became a call was refused, or the connection has become unresponsive.
    const { lastProcStreamID: last = 0 } = session.state
    if (last <= seen) return
    seen = last
    const late = setTimeout(() => session.destroy(), PING_MS).unref()
    session.ping(() => clearTimeout(late))
  }, CHECK_MS).unref()
  session.on('close', () => clearInterval(timer))
}

/** Has a handler for every path, because grpc-js answers a call without one before interceptors run. */
class Methods extends Map<string, object> {
  override get(path: string): object {
    return super.get(path) ?? { path: String(path), type: 'unary', func: unexpected, ...AS_IT_IS }
  }
}

/** An interceptor has answered the call. */
function unexpected(): never {
  throw new Error('There is no such method.')
}

const AS_IT_IS = { serialize: (bytes: Buffer) => bytes, deserialize: (bytes: Buffer) => bytes }
