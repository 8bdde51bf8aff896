import fastifyMetrics from 'fastify-metrics'
import fastifyPlugin from 'fastify-plugin'
import { Registry, type RegistryContentType, register } from 'prom-client'

declare module 'fastify' {
  interface FastifyInstance {
    /** The metrics of this app, without those of prom-client's global registry, which all code may use. */
    registry: Registry<RegistryContentType>
  }
}

/**
 * The registry of this app, with the metrics that every Node.js service should have, from prom-client: CPU,
 * memory, event loop lag, garbage collection. fastify-metrics can count requests too; `http-metrics.ts` does that
 * by hand, to show how.
 *
 * A metric that names no registry goes to prom-client's global one, which all apps of a process share. Two apps would
 * add to the same numbers, so each app has its own registry, and each metric of a phase names it.
 */
export const processMetrics = fastifyPlugin(
  async (app) => {
    // Only registries of this type take histograms with exemplars.
    const registry: Registry<RegistryContentType> = new Registry()
    for (const each of [registry, register as typeof registry]) each.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    app.decorate('registry', registry)

    // The application may collect them already, in the global registry.
    const enabled = register.getSingleMetric('process_cpu_user_seconds_total') === undefined
    await app.register(fastifyMetrics.default, {
      endpoint: null,
      defaultMetrics: { enabled, register: registry as Registry },
      routeMetrics: { enabled: false },
    })
    // These gauges are named like counters. They only repeat the sums of nodejs_active_handles and so on.
    for (const kind of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${kind}_total`)
  },
  { name: 'process-metrics' },
)
