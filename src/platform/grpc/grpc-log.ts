import { setLogger } from '@grpc/grpc-js'
import type { FastifyBaseLogger } from 'fastify'

/** grpc-js would log to stderr. At debug level, because it also reports each problem as an error. */
export function logGrpcTo(log: FastifyBaseLogger): void {
  const note = (message: unknown) => log.debug({ reason: String(message) }, 'gRPC says')
  setLogger({ error: note, info: note, debug: note })
}
