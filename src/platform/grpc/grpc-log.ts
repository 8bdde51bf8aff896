import { setLogger } from '@grpc/grpc-js'
import type { FastifyBaseLogger } from 'fastify'

/** grpc-js would write to stderr by itself. Whatever it mentions there it reports as an error as well. */
export function logGrpcTo(log: FastifyBaseLogger): void {
  const note = (message: unknown) => log.debug({ reason: String(message) }, 'gRPC says')
  setLogger({ error: note, info: note, debug: note })
}
