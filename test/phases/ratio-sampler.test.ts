import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api'
import {
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node'
import t from 'tap'
import { keepingLinked } from '../../phases/4-tracing/sampler.ts'

const isSampled = (ratio: number, traceId: string) =>
  new TraceIdRatioBasedSampler(ratio).shouldSample(ROOT_CONTEXT, traceId).decision ===
  SamplingDecision.RECORD_AND_SAMPLED

/** Lesson 4 describes the guarantees for two services that sample by ratio. */
t.test('the ratio sampler', async (t) => {
  const [low, high] = ['1'.padStart(32, '0'), `80000000${'1'.padStart(24, '0')}`]

  t.test('is consistent for an id and ratio, and samples less with a smaller ratio', async (t) => {
    t.strictSame([isSampled(0.5, low), isSampled(0.5, low)], [true, true])
    t.strictSame([isSampled(0.5, high), isSampled(0.6, high)], [false, true])
  })

  t.test('uses the whole id, so a sampler that uses its second half decides differently', async (t) => {
    t.equal(low.slice(16), high.slice(16))
    t.not(isSampled(0.5, low), isSampled(0.5, high))
  })
})

t.test('a sampler with ratio 0', async (t) => {
  const caller = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: TraceFlags.SAMPLED }
  const ratio = new TraceIdRatioBasedSampler(0)
  const keeps = (sampler: Sampler, context = ROOT_CONTEXT, links = [{ context: caller }]) =>
    keepingLinked(sampler).shouldSample(context, '3'.repeat(32), 'UPDATE bookings', SpanKind.CLIENT, {}, links)
      .decision === SamplingDecision.RECORD_AND_SAMPLED

  for (const sampler of [ratio, new ParentBasedSampler({ root: ratio })]) {
    t.ok(keeps(sampler), 'keeps a root span that is linked with a sampled caller')
    t.notOk(keeps(sampler, ROOT_CONTEXT, []), 'and no other root span')
    const unsampled = trace.setSpanContext(ROOT_CONTEXT, { ...caller, traceFlags: TraceFlags.NONE })
    t.notOk(keeps(sampler, unsampled), 'and decides by itself about a span that has a parent')
  }
})
