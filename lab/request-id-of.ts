import type { Span } from './wire.ts'

/** The request's id, which the phases put onto the span of a request or a call. */
export function requestIdOf({ attributes }: Pick<Span, 'attributes'>): string | undefined {
  const id = attributes['course_app.request_id']
  return typeof id === 'string' ? id : undefined
}
