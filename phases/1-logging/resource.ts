import { randomUUID } from 'node:crypto'
import type { PhaseConfig } from '../phase.ts'

/** Tells this process apart from all others, also from those of the same service. */
const INSTANCE_ID = randomUUID()

/**
 * Who reports: the service, its version, and which of its processes. OpenTelemetry calls this the resource. Log lines,
 * metrics and spans take it from here, so that all three name the same source by the same values.
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
