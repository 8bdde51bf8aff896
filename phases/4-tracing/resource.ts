import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { resourceAttributes } from '../1-logging/resource.ts'
import type { PhaseConfig } from '../phase.ts'

/** What is true of everything that this process reports, as on its log lines, and which SDK reports it. */
export function resourceOf(config: PhaseConfig): Resource {
  return defaultResource().merge(resourceFromAttributes(resourceAttributes(config)))
}
