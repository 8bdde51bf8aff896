import type { Exception, Span, TimeInput } from '@opentelemetry/api'

/**
 * Adds an event `exception` to a span, at the current time if `at` is not given.
 *
 * https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
 */
export function recordError(span: Span, error: unknown, at?: TimeInput): void {
  span.recordException(exceptionOf(error), at)
}

/**
 * Copies an error without its code. The conventions want the class as `exception.type`, but OpenTelemetry prefers the
 * code: `FST_ERR_VALIDATION`.
 */
export function exceptionOf(error: unknown): Exception {
  if (!(error instanceof Error)) return String(error)
  const { name, message, stack = '' } = error
  return { name, message, stack }
}

/** The value for `error.type`: the error's code, `ECONNREFUSED`, or else its class. There are few of either. */
export function errorType(error: unknown): string {
  const { code, name = 'Error' } = error as { readonly code?: unknown; readonly name?: string }
  return typeof code === 'string' ? code : name
}
