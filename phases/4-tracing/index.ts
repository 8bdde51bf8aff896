import metrics from '../3-metrics/index.ts'
import { bookingEvents } from '../booking/booking-events.ts'
import { definePhase } from '../phase.ts'
import { announcedSpans } from './announced-spans.ts'
import { clientSpans } from './client-spans.ts'
import { jaegerExporter } from './jaeger-exporter.ts'
import { lossMetrics } from './loss-metrics.ts'
import { otelVariables } from './otel-variables.ts'
import { refusalSpans } from './refusal-spans.ts'
import { rpcSpans } from './rpc-spans.ts'
import { serverSpans } from './server-spans.ts'
import { tracerProvider } from './tracer-provider.ts'

export default definePhase({
  number: 4,
  title: 'Distributed tracing with OpenTelemetry and Jaeger',
  logger: metrics.logger,
  plugins: [
    ...metrics.plugins,
    [otelVariables, { backend: 'jaeger' }],
    [tracerProvider, { createExporter: jaegerExporter }],
    lossMetrics,
    serverSpans,
    refusalSpans,
    rpcSpans,
    announcedSpans,
    bookingEvents,
    clientSpans,
  ],
})
