import fastifyMetrics from 'fastify-metrics'
import fastifyPlugin from 'fastify-plugin'
import { Registry, type RegistryContentType, register } from 'prom-client'

/**
 * The metrics that every Node.js service should have, from prom-client: CPU, memory, event loop lag,
 * garbage collection. fastify-metrics can count requests too; `http-metrics.ts` does that by hand,
 * to show how it is done.
 */
export const processMetrics = fastifyPlugin(
  async (app) => {
    ;(register as Registry<RegistryContentType>).setContentType(Registry.OPENMETRICS_CONTENT_TYPE) // it has exemplars
    await app.register(fastifyMetrics.default, {
      endpoint: null,
      defaultMetrics: { enabled: true },
      routeMetrics: { enabled: false },
      clearRegisterOnInit: true,
    })
  },
  { name: 'process-metrics' },
)
