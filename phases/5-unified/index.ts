import { CompositePropagator, W3CBaggagePropagator } from '@opentelemetry/core'
import { errorLog } from '../1-logging/error-log.ts'
import { flushLogs } from '../1-logging/flush-logs.ts'
import { logDestinations } from '../1-logging/log-destinations.ts'
import { createLogger } from '../1-logging/logger.ts'
import { requestEnd } from '../1-logging/request-end.ts'
import { stepLog } from '../1-logging/step-log.ts'
import { outgoingId } from '../2-request-logging/outgoing-id.ts'
import { refusalLog } from '../2-request-logging/refusal-log.ts'
import { requestId } from '../2-request-logging/request-id.ts'
import { requestLog } from '../2-request-logging/request-log.ts'
import { requestScope } from '../2-request-logging/request-scope.ts'
import { rpcLog } from '../2-request-logging/rpc-log.ts'
import { storageLog } from '../2-request-logging/storage-log.ts'
import { httpMetrics } from '../3-metrics/http-metrics.ts'
import { logMetrics } from '../3-metrics/log-metrics.ts'
import { metricsEndpoint } from '../3-metrics/metrics-endpoint.ts'
import { processMetrics } from '../3-metrics/process-metrics.ts'
import { rpcMetrics } from '../3-metrics/rpc-metrics.ts'
import { storageMetrics } from '../3-metrics/storage-metrics.ts'
import { targetInfo } from '../3-metrics/target-info.ts'
import { announcedSpans } from '../4-tracing/announced-spans.ts'
import { clientSpans } from '../4-tracing/client-spans.ts'
import { lossMetrics } from '../4-tracing/loss-metrics.ts'
import { otelVariables } from '../4-tracing/otel-variables.ts'
import { refusalSpans } from '../4-tracing/refusal-spans.ts'
import { rpcSpans } from '../4-tracing/rpc-spans.ts'
import { serverSpans } from '../4-tracing/server-spans.ts'
import { TraceContextPropagator } from '../4-tracing/trace-context.ts'
import { tracerProvider } from '../4-tracing/tracer-provider.ts'
import { bookingEvents } from '../booking/booking-events.ts'
import { bookingGauges } from '../booking/booking-gauges.ts'
import { bookingLog } from '../booking/booking-log.ts'
import { bookingMetrics } from '../booking/booking-metrics.ts'
import { definePhase } from '../phase.ts'
import { createExemplarOf } from './exemplars.ts'
import { grpcLog } from './grpc-log.ts'
import { otelMetrics } from './otel-metrics.ts'
import { otlpExporter } from './otlp-exporter.ts'
import { currentFieldsWithTrace, traceFields } from './trace-fields.ts'

/** Trace context carries the parent span; baggage carries the caller's key-value pairs to all services. */
const propagator = new CompositePropagator({
  propagators: [new TraceContextPropagator(), new W3CBaggagePropagator()],
})

export default definePhase({
  number: 5,
  title: 'Unified observability',
  logger: (options) => createLogger(options, currentFieldsWithTrace),
  plugins: [
    flushLogs,
    logDestinations,
    requestEnd,
    // Ids and context come first, so that all further telemetry carries them.
    [otelVariables, { backend: 'otlp' }],
    grpcLog,
    [tracerProvider, { createExporter: otlpExporter, propagator }],
    requestId,
    requestScope,
    outgoingId,
    rpcLog,
    refusalLog,
    serverSpans,
    refusalSpans,
    rpcSpans,
    traceFields,
    // Logs
    stepLog,
    errorLog,
    requestLog,
    storageLog,
    bookingLog,
    // Metrics
    processMetrics,
    targetInfo,
    metricsEndpoint,
    [httpMetrics, { createExemplarOf }],
    rpcMetrics,
    storageMetrics,
    bookingMetrics,
    bookingGauges,
    otelMetrics,
    logMetrics,
    lossMetrics,
    // Traces
    announcedSpans,
    bookingEvents,
    clientSpans,
  ],
})
