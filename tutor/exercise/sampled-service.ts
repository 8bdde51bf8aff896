import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api'
import {
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node'

/** The status of a span. Listed from the root down; each span is the parent of the next. */
export type Outcome = 'unset' | 'ok' | 'failed'

/** A service that samples its traces, and its collector. */
export interface SampledService {
  /** Creates the spans of one request from another service. */
  serve(traceId: string, outcomes: readonly Outcome[]): void
  /** Number of spans of the trace that the collector has received. */
  spansOf(traceId: string): number
}

const STATUS = { unset: SpanStatusCode.UNSET, ok: SpanStatusCode.OK, failed: SpanStatusCode.ERROR }

/** @param Sampler the exercise's */
export function sampledService(Sampler: new (next: SpanProcessor) => SpanProcessor): SampledService {
  const collected = new Map<string, number>()
  const spanProcessors = [new Sampler(new SimpleSpanProcessor(countingExporter(collected)))]
  const tracer = new NodeTracerProvider({ spanProcessors }).getTracer('service')
  return {
    serve(traceId, outcomes) {
      const remote = { traceId, spanId: '00f067aa0ba902b7', traceFlags: TraceFlags.SAMPLED, isRemote: true }
      let parent = trace.setSpanContext(ROOT_CONTEXT, remote)
      const spans = outcomes.map((outcome) => {
        const span = tracer.startSpan('work', {}, parent)
        if (outcome !== 'unset') span.setStatus({ code: STATUS[outcome] })
        parent = trace.setSpan(parent, span)
        return span
      })
      for (const span of spans.toReversed()) span.end()
    },
    spansOf: (traceId) => collected.get(traceId) ?? 0,
  }
}

/** An exporter that counts the spans of each trace. */
function countingExporter(collected: Map<string, number>): SpanExporter {
  return {
    export(spans: readonly ReadableSpan[], done) {
      for (const span of spans) {
        const { traceId } = span.spanContext()
        collected.set(traceId, (collected.get(traceId) ?? 0) + 1)
      }
      done({ code: 0 })
    },
    shutdown: async () => {},
  }
}
