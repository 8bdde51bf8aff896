import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions'
import type { Config } from '../../src/config.ts'

/** What is true of everything that this process reports: its name, and what `OTEL_RESOURCE_ATTRIBUTES` adds. */
export function resourceOf(config: Config): Resource {
  return resourceFromAttributes({ [ATTR_SERVICE_NAME]: config.OTEL_SERVICE_NAME }).merge(
    detectResources({ detectors: [envDetector] }),
  )
}
