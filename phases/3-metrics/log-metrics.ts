import fastifyPlugin from 'fastify-plugin'
import { Counter } from 'prom-client'
import { destinationsOf } from '../1-logging/destinations.ts'
import type {} from './process-metrics.ts'

/** Counts lost log lines. A log cannot show that lines are missing; a metric can. */
export const logMetrics = fastifyPlugin(
  async (app) => {
    new Counter({
      name: 'telemetry_log_lines_dropped_total',
      help: 'Log lines that could not be written.',
      labelNames: ['output'],
      registers: [app.registry],
      collect() {
        this.reset()
        for (const { output, lines } of destinationsOf(app.log).dropped()) this.inc({ output }, lines)
      },
    })
  },
  { name: 'log-metrics', dependencies: ['process-metrics'] },
)
