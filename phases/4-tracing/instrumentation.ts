/**
 * The version of the code that makes spans and metrics; each says which one it comes from, beside its name.
 * A backend that has spans of two versions can tell them apart.
 *
 * https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/
 */
export const INSTRUMENTATION_VERSION = '0.1.0'
