import { JaegerExporter } from '@opentelemetry/exporter-jaeger'
import type { SpanExporter } from '@opentelemetry/sdk-trace-node'

/** Sends spans to Jaeger in Jaeger's own format, Thrift over HTTP. Phase 5 replaces it by the standard, OTLP. */
export function jaegerExporter(): SpanExporter {
  return new JaegerExporter({
    endpoint: process.env.OTEL_EXPORTER_JAEGER_ENDPOINT || 'http://localhost:14268/api/traces',
  })
}
