import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import type { SpanExporter } from '@opentelemetry/sdk-trace-node'

/**
 * Sends spans in OpenTelemetry's own protocol, which Jaeger and every other backend understands.
 * It reads `OTEL_EXPORTER_OTLP_ENDPOINT` by itself.
 *
 * https://opentelemetry.io/docs/specs/otlp/
 */
export function otlpExporter(): SpanExporter {
  return new OTLPTraceExporter()
}
