import fastifyPlugin from 'fastify-plugin'
import { Gauge } from 'prom-client'
import { resourceAttributes } from '../1-logging/resource.ts'
import type { PhaseOptions } from '../phase.ts'
import type {} from './process-metrics.ts'

/**
 * The source of these metrics: one series whose labels are the resource and whose value is always 1. Other series do
 * not repeat the labels; a query joins them: `… * on (job, instance) group_left (service_instance_id) target_info`.
 *
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#resource-attributes-1
 */
export const targetInfo = fastifyPlugin<PhaseOptions>(
  async (app, { config }) => {
    const labels = asLabels(resourceAttributes(config))
    new Gauge({
      name: 'target_info',
      help: 'The process that reports these metrics.',
      registers: [app.registry],
      labelNames: Object.keys(labels),
    }).set(labels, 1)
  },
  { name: 'target-info', dependencies: ['process-metrics'] },
)

/** Turns attributes into labels, whose names have no dots. If two names become equal, `;` joins their values. */
export function asLabels(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const name of Object.keys(attributes).sort()) {
    const label = name.replace(/[^a-zA-Z0-9]+/g, '_').replace(/^(?=\d)/, '_')
    const value = attributes[name] as string
    labels[label] = label in labels ? `${labels[label]};${value}` : value
  }
  return labels
}
