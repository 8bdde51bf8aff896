const KNOWN_METHODS = new Set(
  (process.env.OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS || 'GET,HEAD,POST,PUT,DELETE,CONNECT,OPTIONS,TRACE,PATCH,QUERY')
    .split(',')
    .map((method) => method.trim()),
)

/**
 * The method, or `_OTHER` for a method that is not well known. A client may send any method, and must not be able to
 * create labels and span names.
 *
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/
 */
export function knownMethod(method: string): string {
  return KNOWN_METHODS.has(method) ? method : '_OTHER'
}
