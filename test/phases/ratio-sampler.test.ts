import { ROOT_CONTEXT } from '@opentelemetry/api'
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node'
import t from 'tap'

const isSampled = (ratio: number, traceId: string) =>
  new TraceIdRatioBasedSampler(ratio).shouldSample(ROOT_CONTEXT, traceId).decision ===
  SamplingDecision.RECORD_AND_SAMPLED

/** Lesson 4 says what two services that sample by ratio may rely on, and what they may not. */
t.test('the ratio sampler', async (t) => {
  const [low, high] = ['1'.padStart(32, '0'), `80000000${'1'.padStart(24, '0')}`]

  t.test('decides alike for the same id and ratio, and takes less of a smaller ratio', async (t) => {
    t.strictSame([isSampled(0.5, low), isSampled(0.5, low)], [true, true])
    t.strictSame([isSampled(0.5, high), isSampled(0.6, high)], [false, true])
  })

  t.test('mixes the whole id, so one that takes the second half decides otherwise', async (t) => {
    t.equal(low.slice(16), high.slice(16))
    t.not(isSampled(0.5, low), isSampled(0.5, high))
  })
})
