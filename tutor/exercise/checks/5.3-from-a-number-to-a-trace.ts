import { defineExercise } from '../exercise.ts'
import { samplesOf } from '../samples.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/5-unified/solutions/5.3-from-a-number-to-a-trace.ts')

export default defineExercise<Module>({
  hints: [
    'trace.getActiveSpan()?.spanContext() has the traceId and the spanId.',
    'Return them as { trace_id: …, span_id: … }.',
    'Whether it is sampled is one bit: spanContext.traceFlags & TraceFlags.SAMPLED. If it is 0, return undefined.',
  ],
  async check({ stepMetrics }, claim) {
    const server = await servePhase(5, { plugin: stepMetrics })
    const send = async (ms: number, sampled: boolean) => {
      const traceId = crypto.randomUUID().replaceAll('-', '')
      await server.get(`/slow?ms=${ms}`, { traceparent: `00-${traceId}-00f067aa0ba902b7-0${Number(sampled)}` })
      return traceId
    }
    const buckets = async (step: string) =>
      samplesOf(await server.scrape(), 'step_duration_seconds_bucket').filter(({ labels }) => labels.step === step)

    // Its steps take 20 and 30 milliseconds, so they are in the bucket that ends at 0.1.
    const traceId = await send(50, true)
    const all = (await buckets('database_query')).at(-1)
    claim('the steps are counted', all?.value === 1, {
      expected: 'step_duration_seconds with one observation of database_query',
      seen: all ? String(all.value) : 'none',
      look: 'duration.observe, which is called for every step',
    })
    const example = (await buckets('database_query')).find(({ exemplar }) => exemplar)?.exemplar
    claim('a duration shows the trace that it belongs to', example?.trace_id === traceId, {
      expected: `an exemplar with trace_id="${traceId}"`,
      seen: example ? JSON.stringify(example) : 'no exemplar at all',
      look: 'what currentTrace returns',
    })
    const span = (await server.spans()).find(({ name }) => name === 'database_query')
    claim('and the very span', example?.span_id === span?.spanContext().spanId, {
      expected: `span_id="${span?.spanContext().spanId}", the span of the step`,
      seen: JSON.stringify(example),
      look: 'trace.getActiveSpan() in the listener',
    })

    const unsampled = await send(2, false)
    const examples = (await buckets('database_query')).flatMap(({ exemplar }) => (exemplar ? [exemplar] : []))
    const last = (await buckets('database_query')).at(-1)
    claim(
      'a trace that is not sampled is no example',
      examples.every(({ trace_id }) => trace_id !== unsampled),
      {
        expected: 'no exemplar of a request whose caller said that it is not sampled',
        seen: JSON.stringify(examples),
        look: 'span.traceFlags, of which one bit says whether it is sampled',
      },
    )
    claim('but its duration counts', last?.value === 2, {
      expected: 'two observations after two requests',
      seen: String(last?.value),
      look: 'an exemplar is left out with undefined; an error would lose the duration',
    })
  },
})
