import { setLogger } from '@grpc/grpc-js'
import fastifyPlugin from 'fastify-plugin'

/**
 * grpc-js, which carries the spans, would write to stderr by itself, between our lines. Whatever it mentions there it
 * reports as an error as well, so here it is for those who look into it.
 */
export const grpcLog = fastifyPlugin(
  async (app) => {
    const note = (message: unknown) => app.log.debug({ reason: String(message) }, 'gRPC says')
    setLogger({ error: note, info: note, debug: note })
  },
  { name: 'grpc-log' },
)
