import type { Settings } from 'node:http2'
import { Server, type ServerOptions } from '@grpc/grpc-js'

/** What `Server` keeps to itself and has no options for. */
interface Internals {
  handlers: ReadonlyMap<string, object>
  readonly commonServerOptions: { settings?: Settings }
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
