import fastifyPlugin from 'fastify-plugin'
import type { DestinationStream } from 'pino'
import { destinationsOf } from './destinations.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Adds a destination, which receives every further line as JSON with its newline. Its `write` is called
     * synchronously, so it must be fast. If it throws, one warning reports it and other destinations are unaffected.
     */
    addLogDestination(stream: DestinationStream): void
  }
}

/** Lets any plugin receive the log lines of this app. */
export const logDestinations = fastifyPlugin(
  async (app) => {
    app.decorate('addLogDestination', (stream) => destinationsOf(app.log).add(stream))
  },
  { name: 'log-destinations' },
)
