import requestLogging from '../2-request-logging/index.ts'
import { bookingGauges } from '../booking/booking-gauges.ts'
import { bookingMetrics } from '../booking/booking-metrics.ts'
import { definePhase } from '../phase.ts'
import { httpMetrics } from './http-metrics.ts'
import { logMetrics } from './log-metrics.ts'
import { metricsEndpoint } from './metrics-endpoint.ts'
import { processMetrics } from './process-metrics.ts'
import { rpcMetrics } from './rpc-metrics.ts'
import { storageMetrics } from './storage-metrics.ts'
import { targetInfo } from './target-info.ts'

export default definePhase({
  number: 3,
  title: 'Metrics with Prometheus',
  logger: requestLogging.logger,
  plugins: [
    ...requestLogging.plugins,
    processMetrics,
    targetInfo,
    metricsEndpoint,
    httpMetrics,
    rpcMetrics,
    storageMetrics,
    bookingMetrics,
    bookingGauges,
    logMetrics,
  ],
})
