import fastifyPlugin from 'fastify-plugin'
import { destinationsOf } from './destinations.ts'

/** Writes what is still waiting before the process ends. Hooks run last to first on closing, so this comes first. */
export const flushLogs = fastifyPlugin(
  async (app) => {
    app.addHook('onClose', () => destinationsOf(app.log).close())
  },
  { name: 'flush-logs' },
)
