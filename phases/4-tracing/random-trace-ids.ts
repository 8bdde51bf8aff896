import {
  context,
  INVALID_TRACEID,
  type Span,
  type SpanContext,
  type Tracer,
  type TracerOptions,
  trace,
} from '@opentelemetry/api'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

/**
 * The trace flag for a random trace id, beside `TraceFlags.SAMPLED`. Such ids spread evenly over samplers and shards.
 *
 * https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
 */
export const RANDOM_TRACE_ID = 2

/**
 * A tracer provider whose spans have this flag. A new trace has it, because the SDK's ids are random. A continued trace
 * has it if the caller's has. The SDK itself knows only `SAMPLED`.
 */
export class RandomTraceIdProvider extends NodeTracerProvider {
  override getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    const tracer = super.getTracer(name, version, options)
    const startSpan: Tracer['startSpan'] = (name, options, parent = context.active()) =>
      setRandomFlag(tracer.startSpan(name, options, parent), trace.getSpanContext(parent))
    // The SDK's startActiveSpan calls this startSpan.
    return Object.assign(Object.create(tracer) as Tracer, { startSpan })
  }
}

function setRandomFlag(span: Span, parent: SpanContext | undefined): Span {
  const own = span.spanContext()
  if (own.traceId === INVALID_TRACEID) return span // tracing is suppressed for this work
  const isContinued = parent?.traceId === own.traceId
  own.traceFlags |= isContinued ? parent.traceFlags & RANDOM_TRACE_ID : RANDOM_TRACE_ID
  return span
}
