import fastifyMetrics from 'fastify-metrics'
import fastifyPlugin from 'fastify-plugin'
import { Registry, type RegistryContentType, register } from 'prom-client'

declare module 'fastify' {
  interface FastifyInstance {
    /** The metrics of this app. Those of prom-client's global registry, which all code may use, are not in it. */
    registry: Registry<RegistryContentType>
  }
}

/**
 * The registry of this app, and in it the metrics that every Node.js service should have, from prom-client: CPU,
 * memory, event loop lag, garbage collection. fastify-metrics can count requests too; `http-metrics.ts` does that
 * by hand, to show how it is done.
 *
 * Metrics that name no registry go to prom-client's global one. There is one of it in a process, so two apps would
 * count into the same numbers. That is why each app has a registry of its own, and each metric of a phase names it.
 */
export const processMetrics = fastifyPlugin(
  async (app) => {
    // Only registries of this type take histograms with exemplars.
    const registry: Registry<RegistryContentType> = new Registry()
    for (const one of [registry, register as typeof registry]) one.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    app.decorate('registry', registry)

    // An application that collects them already, in the global registry, need not do so twice.
    const enabled = register.getSingleMetric('process_cpu_user_seconds_total') === undefined
    await app.register(fastifyMetrics.default, {
      endpoint: null,
      defaultMetrics: { enabled, register: registry as Registry },
      routeMetrics: { enabled: false },
    })
    // Gauges with the name of a counter. Their sums are those of nodejs_active_handles and so on, over all types.
    for (const kind of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${kind}_total`)
  },
  { name: 'process-metrics' },
)
