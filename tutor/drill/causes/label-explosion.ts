import { type Cause, nothing, shows, symptom } from '../cause.ts'
import type { ParametersOf } from '../fault.ts'
import type { labelExplosion } from '../faults/label-explosion.ts'
import type { Run } from '../incident.ts'
import { hasRisen, lastOf, rowsOf } from '../rows.ts'

/** More values than a good label has. */
const MANY = 30

const WORDS = { request_id: /request.?ids?\b/, trace_id: /trace.?ids?\b/, path: /\bpaths?\b|\burls?\b/ } as const

export const labelExplosionCauses = ({
  parameters: { metric, label },
}: Run<ParametersOf<typeof labelExplosion>>): Cause[] => [
  {
    name: `the label ${label} of ${metric} takes new values for as long as requests come, and each is a series`,
    related: ['unbounded label values', 'a memory leak'],
    terms: [
      { words: WORDS[label], missing: 'Which label is it?' },
      {
        words: new RegExp(`cardinal|unbounded|explo|series|unique|distinct|different|too many|endless|label|${metric}`),
        missing: 'What does that do to the metric?',
      },
    ],
    trace: () => nothing('A trace is of one request, and no request is slower or fails. Look at what Prometheus gets.'),
    line: () => nothing('No request is slower or fails, so the log shows nothing. Look at what Prometheus gets.'),
    query({ question: { query }, answer: { data } }) {
      const rows = rowsOf(data)
      const about = rows.filter(({ labels }) => labels.__name__ === metric || query.includes(metric))
      if (about.length === 0)
        return /scrape_samples|memory/.test(query) && rows.some((row) => hasRisen(row, 1.2))
          ? symptom('It grows. What is it that there is more and more of?')
          : nothing('It is not about the metric that has too many series.')
      if (/count\b/.test(query) && about.some((row) => lastOf(row) >= MANY || hasRisen(row, 3)))
        return shows(`${metric} has ${Math.max(...about.map(lastOf))} series.`)
      const values = new Set(about.map(({ labels }) => labels[label]))
      return about.length >= 3 && values.size === about.length && !values.has(undefined)
        ? shows(`Each series has another ${label}.`)
        : nothing('It does not show how many series there are. count counts them.')
    },
  },
]
