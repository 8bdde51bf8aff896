import type { Attributes } from '@opentelemetry/api'
import { APP_NAME } from '../app-name.ts'

/**
 * The application's name as a prefix for attributes, events and metrics that no convention defines. Without it, a later
 * version of the conventions, or another team, could use the same name for something else.
 *
 * https://opentelemetry.io/docs/specs/semconv/general/naming/#recommendations-for-application-developers
 */
export const OWN = APP_NAME.replace(/\W+/g, '_')

/** The request's id, as on its log lines. */
export const ATTR_REQUEST_ID = `${OWN}.request_id`

/** The command of any cache: `GET`, `SET` or `DEL`. */
export const ATTR_CACHE_OPERATION = `${OWN}.cache.operation`

/** The kind of cached value: `product`. */
export const ATTR_CACHE_ENTITY = `${OWN}.cache.entity`

/** The result of a cache command: `hit`, `miss`, `ok` or `error`. */
export const ATTR_CACHE_OUTCOME = `${OWN}.cache.outcome`

/** How long a request waited for its turn in a statement that requests share, in milliseconds. */
export const ATTR_WAIT_MS = `${OWN}.wait_ms`

/** The event that ends this wait. */
export const EVENT_STATEMENT_SENT = `${OWN}.statement_sent`

/** Adds the prefix to the name of each attribute. */
export function own(attributes: Attributes = {}): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`${OWN}.${name}`, value]))
}
