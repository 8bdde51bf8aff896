import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import type { Config } from '../../src/config.ts'
import { resourceAttributes } from '../1-logging/resource.ts'

/** What is true of everything that this process reports, as on its log lines, and which SDK reports it. */
export function resourceOf(config: Config): Resource {
  return defaultResource().merge(resourceFromAttributes(resourceAttributes(config)))
}
