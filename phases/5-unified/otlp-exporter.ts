import { type ExportResult, getStringFromEnv } from '@opentelemetry/core'
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base'
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http'
import { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } from '@opentelemetry/otlp-grpc-exporter-base'
import {
  JsonTraceSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { LostSpans } from '../4-tracing/lost-spans.ts'

type Serializer = typeof ProtobufTraceSerializer

/**
 * Sends spans in OTLP, OpenTelemetry's own protocol, which every backend understands: by gRPC, unless the variable
 * `OTEL_EXPORTER_OTLP_PROTOCOL` is `http/protobuf` or `http/json`. The SDK reads the others, `OTEL_EXPORTER_OTLP_…`.
 *
 * It combines the parts of the `OTLPTraceExporter`s of `@opentelemetry/exporter-trace-otlp-grpc`, `…-proto` and `…-http`,
 * because those classes drop what the backend says about rejected spans.
 *
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function otlpExporter(lost: LostSpans): SpanExporter {
  switch (settingForTraces('PROTOCOL')) {
    case 'http/protobuf':
      return overHttp('application/x-protobuf', countRejected(ProtobufTraceSerializer, lost))
    case 'http/json':
      return overHttp('application/json', countRejected(JsonTraceSerializer, lost))
    default:
      return overGrpc(countRejected(ProtobufTraceSerializer, lost))
  }
}

function overGrpc(serializer: Serializer): SpanExporter {
  return new GrpcExporter(
    createOtlpGrpcExportDelegate(
      convertLegacyOtlpGrpcOptions({}, 'TRACES'),
      serializer,
      'otlp_grpc_span_exporter',
      TraceExporterMetricsHelper,
      undefined,
      'TraceExportService',
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    ),
  )
}

class GrpcExporter extends OTLPExporterBase<ReadableSpan[]> {
  override export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    super.export(spans, ({ code, error }) => done(error ? { code, error: nameProxy(error) } : { code }))
  }
}

/** Names the proxy in the error. grpc-js takes it from the environment and reports "undefined" if it refuses. */
function nameProxy(error: Error): Error {
  const { grpc_proxy, https_proxy, http_proxy } = process.env
  const proxy = grpc_proxy || https_proxy || http_proxy || ''
  const cause = URL.canParse(proxy) ? `the proxy ${new URL(proxy).host} does not lead there` : 'unknown'
  return new Error(error.message.replace('Last error: undefined', `Last error: ${cause}`), { cause: error })
}

function overHttp(contentType: string, serializer: Serializer): SpanExporter {
  return new OTLPExporterBase<ReadableSpan[]>(
    createOtlpHttpExportDelegate(
      convertLegacyHttpOptions({}, 'TRACES', 'v1/traces', { 'Content-Type': contentType }),
      serializer,
      'otlp_http_span_exporter',
      TraceExporterMetricsHelper,
      undefined,
    ),
  )
}

/**
 * Counts rejected spans. A backend may accept a batch and reject some of its spans; for the SDK that is a success.
 *
 * https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
function countRejected(serializer: Serializer, lost: LostSpans): Serializer {
  return {
    serializeRequest: serializer.serializeRequest,
    deserializeResponse(bytes) {
      const response = serializer.deserializeResponse(bytes)
      lost.add('rejected', Number(response.partialSuccess?.rejectedSpans ?? 0))
      return response
    },
  }
}

/** A variable for traces; the variable for all signals if it is unset. */
function settingForTraces(name: string): string | undefined {
  return getStringFromEnv(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? getStringFromEnv(`OTEL_EXPORTER_OTLP_${name}`)
}
