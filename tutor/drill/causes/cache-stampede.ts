import { type Cause, nothing, shows, symptom } from '../cause.ts'
import type { ParametersOf } from '../fault.ts'
import type { cacheStampede } from '../faults/cache-stampede.ts'
import type { Run } from '../incident.ts'
import { type Row, rowsOf } from '../rows.ts'
import { callsIn, pathOf } from '../span-facts.ts'
import type { Trace, TraceStore } from '../trace-store.ts'

/** Loads that overlap with another one, from which on it is a crowd. */
const CROWD = 5

export const cacheStampedeCauses = ({ parameters: { courseId } }: Run<ParametersOf<typeof cacheStampede>>): Cause[] => {
  const loads = (trace: Trace) => callsIn(trace).some((call) => pathOf(call) === `/stars/${courseId}`)

  const overlapping = (trace: Trace, traces: TraceStore) =>
    traces.all().filter((other) => other !== trace && loads(other) && overlap(trace, other)).length

  return [
    {
      name: 'a cache stampede. When the entry of one course expires, every request for it loads it again at the same time',
      related: ['a cache stampede', 'a slow or failing service'],
      terms: [
        {
          words: /cache|ttl|expir|entry|miss/,
          missing: 'What do the requests of such a moment find, or not find, before they call the other service?',
        },
        {
          words:
            /stampede|thundering|dog.?pil|\b(every|each|all|many|several|concurrent|simultaneous|parallel|\d+)\b.{0,40}\b(request|reader|caller|miss|load|reload|call|fetch|refill|ask)|at (once|the same (time|moment))|simultaneously|(not|no|without|lacks?) .{0,20}(single.?flight|coalesc|lock|wait)/,
          missing: 'One request that loads an entry is no harm. What happens at those moments?',
        },
      ],
      trace(trace, traces) {
        if (!loads(trace)) return nothing('An ordinary one: the course came from the cache, or is another course.')
        const others = overlapping(trace, traces)
        return others >= CROWD
          ? shows(`It misses the cache and loads the course, while ${others} other requests do the same.`)
          : nothing('It misses the cache and loads the course, as one request has to. Look for a moment with many.')
      },
      line: ({ path, latency }) =>
        String(path).endsWith(courseId) && Number(latency) > 100
          ? symptom('The line says that the request was slow. Its trace says what it did.')
          : nothing('The line of an ordinary request.'),
      query({ question: { query }, answer: { data } }) {
        if (!/cache_(requests|operation)/.test(query))
          return /latency|duration/.test(query)
            ? symptom('It shows slow requests. What do they have in common?')
            : nothing('It is about something else.')
        const misses = rowsOf(data).filter(({ labels }) => labels.result === 'miss' || /miss/.test(query))
        if (misses.some(comesInBursts)) return shows('Misses come in bursts: nearly none, then many at once.')
        return nothing(
          'It does not show when the misses come. Look at the misses alone, over a range with a short step: --last 1m --step 5s.',
        )
      },
    },
  ]
}

function overlap({ root: a }: Trace, { root: b }: Trace): boolean {
  return a.startMs < b.startMs + b.durationMs && b.startMs < a.startMs + a.durationMs
}

/** A counter's steps, or a rate, of which some are many times the others. */
function comesInBursts({ values }: Row): boolean {
  const rises = values.every((value, i) => i === 0 || value >= (values[i - 1] as number))
  const steps = rises ? values.slice(1).map((value, i) => value - (values[i] as number)) : values
  const sorted = steps.toSorted((a, b) => a - b)
  const low = sorted[Math.floor(sorted.length / 4)] ?? Number.NaN
  const high = sorted.at(-1) ?? Number.NaN
  return sorted.length >= 4 && high > 0 && high >= 3 * low
}
