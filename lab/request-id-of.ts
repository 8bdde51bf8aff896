import { ownAttribute } from './own-attribute.ts'
import type { Span } from './wire.ts'

/** The request id, which the phases set on the span of a request or a call. */
export function requestIdOf({ kind, attributes }: Pick<Span, 'kind' | 'attributes'>): string | undefined {
  const id = kind === 'server' ? ownAttribute(attributes, 'request_id') : undefined
  return typeof id === 'string' ? id : undefined
}
