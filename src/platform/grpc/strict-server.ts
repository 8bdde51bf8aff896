import type { Http2Server, ServerHttp2Session, Settings } from 'node:http2'
import { Server, type ServerOptions } from '@grpc/grpc-js'

/** What `Server` keeps to itself and has no options for. */
interface Internals {
  handlers: ReadonlyMap<string, object>
  readonly commonServerOptions: { settings?: Settings }
  readonly http2Servers: ReadonlyMap<Http2Server, unknown>
}

/**
 * A server that shows its interceptors every call, those of methods that it does not have as well, and that limits
 * metadata: it tells clients how much they may send, and resets the stream of one that sends more.
 *
 * @param maxMetadataBytes names and values, and 32 bytes for each pair
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

/** How often connections are looked at, and how long one that is suspected may take to answer. */
const LOOK_MS = 1000
const ANSWER_MS = 2000

/**
 * Closes connections that have gone deaf; for a server that has just been bound. When a header is larger than 64 KiB
 * nghttp2 says GOAWAY and ignores what comes after, but Node.js leaves the connection open, and its callers wait.
 */
export function closeDeafConnections(server: Server): void {
  const { http2Servers } = server as unknown as Internals
  for (const http2Server of http2Servers.keys()) http2Server.on('session', watch)
}

function watch(session: ServerHttp2Session): void {
  let seen = 0
  session.on('stream', ({ id = 0 }) => {
    seen = id
  })
  const timer = setInterval(() => {
    // A stream that has begun and never become a call was refused, or is where the connection has gone deaf.
    const { lastProcStreamID: last = 0 } = session.state
    if (last <= seen) return
    seen = last
    const late = setTimeout(() => session.destroy(), ANSWER_MS).unref()
    session.ping(() => clearTimeout(late))
  }, LOOK_MS).unref()
  session.on('close', () => clearInterval(timer))
}

/** grpc-js answers a call itself when it finds no handler, so there is one for every path. */
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
