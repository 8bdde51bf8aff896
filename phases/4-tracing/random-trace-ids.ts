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
 * The flag beside `TraceFlags.SAMPLED` that says: the trace id is random, so samplers and shards that go by it get
 * even shares.
 *
 * https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
 */
export const RANDOM_TRACE_ID = 2

/**
 * A tracer provider whose spans have the flag. A trace that begins here has it, for the SDK makes its ids at random;
 * one that is continued has it if the caller's has. The SDK itself knows no flag but `SAMPLED`.
 */
export class RandomTraceIdProvider extends NodeTracerProvider {
  override getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    const tracer = super.getTracer(name, version, options)
    const startSpan: Tracer['startSpan'] = (name, options, parent = context.active()) =>
      flagged(tracer.startSpan(name, options, parent), trace.getSpanContext(parent))
    // Everything else is the SDK's: its startActiveSpan calls this startSpan.
    return Object.assign(Object.create(tracer) as Tracer, { startSpan })
  }
}

function flagged(span: Span, parent: SpanContext | undefined): Span {
  const own = span.spanContext()
  if (own.traceId === INVALID_TRACEID) return span // the tracing of this work is suppressed
  const isContinued = parent?.traceId === own.traceId
  own.traceFlags |= isContinued ? parent.traceFlags & RANDOM_TRACE_ID : RANDOM_TRACE_ID
  return span
}
