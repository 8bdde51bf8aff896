import { randomUUID } from 'node:crypto'
import type { PhaseConfig } from '../phase.ts'

/** Distinguishes this process from all others, including replicas of the same service. */
const INSTANCE_ID = randomUUID()

/**
 * The source of the telemetry: the service, its environment and its process. OpenTelemetry calls it the resource. Log
 * lines, metrics and spans take it from here, so all three name their source with the same values.
 *
 * https://opentelemetry.io/docs/specs/semconv/resource/#service
 */
export function resourceAttributes({ OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES }: PhaseConfig): ResourceAttributes {
  return {
    'service.instance.id': INSTANCE_ID,
    'deployment.environment.name': process.env.NODE_ENV || 'development',
    ...OTEL_RESOURCE_ATTRIBUTES,
    'service.name': OTEL_SERVICE_NAME,
  }
}

export type ResourceAttributes = Readonly<
  Record<'service.name' | 'service.instance.id' | 'deployment.environment.name', string> & Record<string, string>
>
