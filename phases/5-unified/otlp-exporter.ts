import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base'
import { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } from '@opentelemetry/otlp-grpc-exporter-base'
import { ProtobufTraceSerializer, TraceExporterMetricsHelper } from '@opentelemetry/otlp-transformer'
import type { SpanExporter } from '@opentelemetry/sdk-trace-node'
import { encodeSpans } from './otlp-spans.ts'

/**
 * Sends spans in OpenTelemetry's own protocol, which Jaeger and every other backend understands. It reads
 * `OTEL_EXPORTER_OTLP_ENDPOINT` and its siblings by itself. This is `new OTLPTraceExporter()` of
 * `@opentelemetry/exporter-trace-otlp-grpc`, which will do in most services, but with a faster encoder.
 *
 * https://opentelemetry.io/docs/specs/otlp/
 */
export function otlpExporter(): SpanExporter {
  return new OTLPExporterBase(
    createOtlpGrpcExportDelegate(
      convertLegacyOtlpGrpcOptions({}, 'TRACES'),
      { ...ProtobufTraceSerializer, serializeRequest: encodeSpans },
      'otlp_grpc_span_exporter',
      TraceExporterMetricsHelper,
      undefined,
      'TraceExportService',
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    ),
  )
}
