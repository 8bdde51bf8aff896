import type { Attributes } from '@opentelemetry/api'
import { APP_NAME } from '../app-name.ts'

/**
 * Begins the name of each attribute, event and metric that no convention knows: the application's name. A later
 * version of the conventions, or another team, then cannot mean something else by the same name.
 *
 * https://opentelemetry.io/docs/specs/semconv/general/naming/#recommendations-for-application-developers
 */
export const OWN = APP_NAME.replace(/\W+/g, '_')

/** The id that is also on the log lines of the request. */
export const ATTR_REQUEST_ID = `${OWN}.request_id`

/** What is asked of the cache, whichever it is: `GET`, `SET` or `DEL`. */
export const ATTR_CACHE_OPERATION = `${OWN}.cache.operation`

/** What is cached: `product`. */
export const ATTR_CACHE_ENTITY = `${OWN}.cache.entity`

/** What came of a cache command: `hit`, `miss`, `ok` or `error`. */
export const ATTR_CACHE_OUTCOME = `${OWN}.cache.outcome`

/** How long a request waited for its turn in a statement that requests share, in milliseconds. */
export const ATTR_WAIT_MS = `${OWN}.wait_ms`

/** The event with which the waiting ends. */
export const EVENT_STATEMENT_SENT = `${OWN}.statement_sent`

/** The same attributes, under names that are ours. */
export function own(attributes: Attributes = {}): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`${OWN}.${name}`, value]))
}
