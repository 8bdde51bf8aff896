const KNOWN_METHODS = new Set(
  (process.env.OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS || 'GET,HEAD,POST,PUT,DELETE,CONNECT,OPTIONS,TRACE,PATCH,QUERY')
    .split(',')
    .map((method) => method.trim()),
)

/**
 * The method, or `_OTHER` for one that is not well known. A client may send whatever it likes; labels and span names
 * must not be whatever it likes.
 *
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/
 */
export function knownMethod(method: string): string {
  return KNOWN_METHODS.has(method) ? method : '_OTHER'
}
