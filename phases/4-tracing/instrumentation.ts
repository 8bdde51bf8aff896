/**
 * The version of the code that creates spans and metrics. Each carries it with the scope's name, so a backend can tell
 * the spans of two versions apart.
 *
 * https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/
 */
export const INSTRUMENTATION_VERSION = '0.1.0'
