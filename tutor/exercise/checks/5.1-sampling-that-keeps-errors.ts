import { context, ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { defineExercise } from '../exercise.ts'

type Module = typeof import('../../../phases/5-unified/solutions/5.1-sampling-that-keeps-errors.ts')

const TRACES = 2000

export default defineExercise<Module>({
  hints: [
    'Array.prototype.some tells whether any of the spans is as you want it. The status of a span is span.status.code.',
    'Number.parseInt(traceId.slice(-8), 16) is a number from 0 to 2 ** 32, different for each trace, the same in each service.',
    'If any status is SpanStatusCode.ERROR, return true. Otherwise return whether that number is below SHARE * 2 ** 32.',
  ],
  async check({ TailSampler }, claim) {
    const gateway = service(TailSampler)
    const bookings = service(TailSampler)
    const withError = Array.from({ length: 50 }, newTraceId)
    for (const traceId of withError) gateway.serve(traceId, { failing: true })
    const lost = withError.filter((traceId) => gateway.spansOf(traceId) !== 2)
    claim('every trace with an error is kept, with all its spans', lost.length === 0, {
      expected: '50 traces of two spans each, in which the inner one has failed and the root has not',
      seen: `${50 - lost.length} of 50`,
      look: 'the status of all spans of the trace, not only of its root',
    })

    const ordinary = Array.from({ length: TRACES }, newTraceId)
    for (const traceId of ordinary) {
      gateway.serve(traceId)
      bookings.serve(traceId)
    }
    const kept = ordinary.filter((traceId) => gateway.spansOf(traceId) > 0)
    claim('of the others about one in ten is kept', kept.length > 0.06 * TRACES && kept.length < 0.14 * TRACES, {
      expected: `about ${TRACES / 10} of ${TRACES}`,
      seen: String(kept.length),
      look: 'the share, 0.1, of all the numbers that are possible',
    })
    const torn = ordinary.filter((traceId) => gateway.spansOf(traceId) !== bookings.spansOf(traceId))
    claim('two services keep the same traces', torn.length === 0, {
      expected: 'each trace from both services, or from none',
      seen: `${torn.length} traces of which only one service has kept its part`,
      look: 'what the choice depends on: both services know the trace id, and nothing else in common',
    })
  },
})

/** A service that makes two spans for each request, and the collector that it sends to. */
function service(TailSampler: Module['TailSampler']) {
  const collector = new InMemorySpanExporter()
  const spanProcessors = [new TailSampler(new SimpleSpanProcessor(collector))]
  const tracer = new NodeTracerProvider({ spanProcessors }).getTracer('service')
  return {
    serve(traceId: string, { failing = false } = {}): void {
      const remote = { traceId, spanId: '00f067aa0ba902b7', traceFlags: TraceFlags.SAMPLED, isRemote: true }
      const caller = trace.setSpanContext(ROOT_CONTEXT, remote)
      const root = tracer.startSpan('GET /', {}, caller)
      const inner = tracer.startSpan('inner', {}, trace.setSpan(context.active(), root))
      if (failing) inner.setStatus({ code: SpanStatusCode.ERROR })
      inner.end()
      root.end()
    },
    spansOf: (traceId: string) =>
      collector.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId).length,
  }
}

function newTraceId(): string {
  return crypto.randomUUID().replaceAll('-', '')
}
