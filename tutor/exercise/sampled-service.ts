import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api'
import {
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node'

/** What the spans of a trace end with, from the root down: each is the parent of the next. */
export type Outcome = 'unset' | 'ok' | 'failed'

/** A service that samples its traces, and the collector that it sends them to. */
export interface SampledService {
  /** Makes the spans of one request that comes from another service. */
  serve(traceId: string, outcomes: readonly Outcome[]): void
  /** How many spans of the trace have arrived at the collector. */
  spansOf(traceId: string): number
}

const STATUS = { unset: SpanStatusCode.UNSET, ok: SpanStatusCode.OK, failed: SpanStatusCode.ERROR }

/** @param Sampler the exercise's */
export function sampledService(Sampler: new (next: SpanProcessor) => SpanProcessor): SampledService {
  const collected = new Map<string, number>()
  const spanProcessors = [new Sampler(new SimpleSpanProcessor(countingBy(collected)))]
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

/** Counts the spans of each trace. */
function countingBy(collected: Map<string, number>): SpanExporter {
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
