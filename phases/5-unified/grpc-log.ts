import { setLogger } from '@grpc/grpc-js'
import fastifyPlugin from 'fastify-plugin'

/**
 * Logs the diagnostics of grpc-js, which sends the spans, at debug. By default it writes them to stderr. The exporter
 * reports the same failures as errors, so debug is enough.
 */
export const grpcLog = fastifyPlugin(
  async (app) => {
    const logDebug = (message: unknown) => app.log.debug({ reason: String(message) }, 'gRPC says')
    setLogger({ error: logDebug, info: logDebug, debug: logDebug })
  },
  { name: 'grpc-log' },
)
