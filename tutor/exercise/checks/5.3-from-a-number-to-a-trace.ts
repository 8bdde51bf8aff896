import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { announce, channels } from '../../../phases/announcements.ts'
import { defineExercise } from '../exercise.ts'
import { type Sample, samplesOf } from '../samples.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/5-unified/solutions/5.3-from-a-number-to-a-trace.ts')

const STEP = 'database_query'

export default defineExercise<Module>({
  hints: [
    'trace.getActiveSpan()?.spanContext() has the traceId and the spanId.',
    'Return them as { trace_id: …, span_id: … }.',
    'Whether it is sampled is one bit: spanContext.traceFlags & TraceFlags.SAMPLED. If it is 0, return undefined.',
  ],
  async check({ stepMetrics }, claim) {
    const server = await servePhase(5, { plugin: stepMetrics })
    /** Sends a request whose step takes 40 % of `ms` milliseconds, in a trace with these flags. */
    const send = async (ms: number, flags: string) => {
      const traceId = crypto.randomUUID().replaceAll('-', '')
      await server.get(`/slow?ms=${ms}`, { traceparent: `00-${traceId}-00f067aa0ba902b7-${flags}` })
      return traceId
    }
    const buckets = async () =>
      samplesOf(await server.scrape(), 'step_duration_seconds_bucket').filter(({ labels }) => labels.step === STEP)
    const spanIdOf = (traceId: string, spans: readonly ReadableSpan[]) =>
      spans
        .map((span) => [span.name, span.spanContext()] as const)
        .find(([name, own]) => name === STEP && own.traceId === traceId)?.[1].spanId

    const traces = []
    for (const flags of ['01', '03']) {
      const traceId = await send(60, flags)
      traces.push({ traceId, flags, buckets: await buckets() })
    }
    const spans = await server.spans()
    const count = countIn(traces[1]?.buckets)
    claim('the steps are counted', count === 2, {
      expected: `step_duration_seconds with two observations of ${STEP} after two requests`,
      seen: `${count ?? 'none'}`,
      look: 'duration.observe, which is called for every step',
    })
    const missing = traces.find(({ traceId, buckets }) => !examplesIn(buckets).some((one) => one.trace_id === traceId))
    claim('a duration shows the trace that it belongs to', missing === undefined, {
      expected: `an exemplar with trace_id="${missing?.traceId}" after a request with the flags ${missing?.flags}`,
      seen: asText(examplesIn(missing?.buckets)),
      look: 'what currentTrace returns: the traces differ in a flag, and all of them are sampled',
    })
    const examples = traces.flatMap(({ buckets }) => examplesIn(buckets))
    const wrong = examples.find(({ trace_id = '', span_id }) => span_id !== spanIdOf(trace_id, spans))
    claim('and the very span', wrong === undefined, {
      expected: `span_id="${spanIdOf(wrong?.trace_id ?? '', spans)}", the span of the step`,
      seen: asText(wrong ? [wrong] : []),
      look: 'which span it is: that of the step, not that of the request',
    })
    const wordy = examples.find((labels) => Object.keys(labels).length !== 2)
    claim('and nothing else', wordy === undefined, {
      expected: 'two labels, because OpenMetrics allows 128 characters for all labels of an exemplar',
      seen: asText(wordy ? [wordy] : []),
      look: 'the members of the object that currentTrace returns',
    })

    const unsampled = [await send(60, '00'), await send(60, '02')]
    const after = await buckets()
    const ghost = examplesIn(after).find(({ trace_id = '' }) => unsampled.includes(trace_id))
    claim('a trace that is not sampled is no example', ghost === undefined, {
      expected: 'no exemplar of a request whose caller said that its trace is not sampled',
      seen: asText(ghost ? [ghost] : []),
      look: 'the flags of the span, of which one bit says whether it is sampled and another one something else',
    })
    claim('but its duration counts', countIn(after) === 4, {
      expected: 'four observations after four requests',
      seen: `${countIn(after)}`,
      look: 'what currentTrace does when there is no example: it returns, and throws nothing',
    })
    await announce(channels.step, { name: STEP }, async () => {})
    const last = await buckets()
    claim('and so does a step outside of any trace', countIn(last) === 5, {
      expected: 'five observations after four requests and a step of no request',
      seen: `${countIn(last)}`,
      look: 'the active span, which may be undefined',
    })
  },
})

function examplesIn(buckets: readonly Sample[] = []): Readonly<Record<string, string>>[] {
  return buckets.flatMap(({ exemplar }) => (exemplar ? [exemplar] : []))
}

/** The number of observations, which is the count of the last bucket. */
function countIn(buckets: readonly Sample[] = []): number | undefined {
  return buckets.at(-1)?.value
}

function asText(examples: readonly object[]): string {
  return examples.map((labels) => JSON.stringify(labels)).join(' and ') || 'no exemplar at all'
}
