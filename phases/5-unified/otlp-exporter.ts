import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base'
import { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } from '@opentelemetry/otlp-grpc-exporter-base'
import { ProtobufTraceSerializer, TraceExporterMetricsHelper } from '@opentelemetry/otlp-transformer'
import type { SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { LostSpans } from '../4-tracing/lost-spans.ts'
import { encodeSpans } from './otlp-spans.ts'

/**
 * Sends spans in OpenTelemetry's own protocol, which Jaeger and every other backend understands. It reads
 * `OTEL_EXPORTER_OTLP_ENDPOINT` and its siblings by itself. This is `new OTLPTraceExporter()` of
 * `@opentelemetry/exporter-trace-otlp-grpc`, which will do in most services, but with a faster encoder.
 *
 * https://opentelemetry.io/docs/specs/otlp/
 */
export function otlpExporter(lost: LostSpans): SpanExporter {
  return new OTLPExporterBase(
    createOtlpGrpcExportDelegate(
      convertLegacyOtlpGrpcOptions({}, 'TRACES'),
      { ...ProtobufTraceSerializer, serializeRequest: encodeSpans, deserializeResponse: countingRejected(lost) },
      'otlp_grpc_span_exporter',
      TraceExporterMetricsHelper,
      undefined,
      'TraceExportService',
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    ),
  )
}

/**
 * A backend may take a batch and reject some of its spans. That is no failure, so nobody else would hear of it.
 *
 * https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
function countingRejected(lost: LostSpans): typeof ProtobufTraceSerializer.deserializeResponse {
  return (bytes) => {
    const response = ProtobufTraceSerializer.deserializeResponse(bytes)
    lost.add('rejected', Number(response.partialSuccess?.rejectedSpans ?? 0))
    return response
  }
}
