import fastifyPlugin from 'fastify-plugin'
import type { DestinationStream } from 'pino'
import { destinationsOf } from './destinations.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Writes the log to one more place: every line from now on, as JSON with its newline. The stream is called as
     * each line is logged, so its `write` must be quick. If it throws, a warning tells so once; the log goes on.
     */
    addLogDestination(stream: DestinationStream): void
  }
}

/** Lets any plugin have the log lines of this app as well. */
export const logDestinations = fastifyPlugin(
  async (app) => {
    app.decorate('addLogDestination', (stream) => destinationsOf(app.log).add(stream))
  },
  { name: 'log-destinations' },
)
