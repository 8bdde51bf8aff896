import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { resourceAttributes } from '../1-logging/resource.ts'
import type { PhaseConfig } from '../phase.ts'

/** The resource of spans and metrics: the attributes of phase 1, and those of the SDK. */
export function resourceOf(config: PhaseConfig): Resource {
  return defaultResource().merge(resourceFromAttributes(resourceAttributes(config)))
}
