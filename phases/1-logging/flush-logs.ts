import fastifyPlugin from 'fastify-plugin'
import { destinationsOf } from './destinations.ts'

/** Writes buffered lines before the process ends. `onClose` hooks run in reverse order, so this one runs last. */
export const flushLogs = fastifyPlugin(
  async (app) => {
    app.addHook('onClose', () => destinationsOf(app.log).close())
  },
  { name: 'flush-logs' },
)
