import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import type { FastifyInstance } from 'fastify'
import type {} from '../phases/1-logging/log-destinations.ts'
import type {} from '../phases/2-request-logging/request-scope.ts'
import type {} from '../phases/3-metrics/process-metrics.ts'
import type {} from '../phases/4-tracing/tracer-provider.ts'
import { LineRing } from './line-ring.ts'
import { type MetricReader, RegistryReader } from './metric-reader.ts'
import { PendingSpans } from './pending-spans.ts'
import { describeSpan, LabSpanProcessor } from './span-processor.ts'

/** Enough for 2,000 lines of 4 kB. */
export const LINE_BYTES = 8 * 1024 * 1024

/** The telemetry of a process. Lines are copied and spans kept; both are processed only when the Lab reads them. */
export interface TelemetryBuffer {
  readonly log: LineRing
  readonly pending: Pick<PendingSpans<object>, 'take' | 'watched'>
  /** Undefined in a service without metrics. */
  readonly metrics: MetricReader | undefined
}

/** Subscribes to the app's telemetry through the extension points of its plugins. */
export function bufferTelemetry(app: FastifyInstance): TelemetryBuffer {
  const log = new LineRing(LINE_BYTES)
  const pending = new PendingSpans<ReadableSpan>(describeSpan)
  if (app.hasDecorator('addLogDestination')) app.addLogDestination(log)
  if (app.hasDecorator('addSpanProcessor')) app.addSpanProcessor(new LabSpanProcessor(pending))
  const metrics = app.hasDecorator('registry') ? new RegistryReader(app.registry, app.runUnobserved) : undefined
  return { log, pending, metrics }
}
