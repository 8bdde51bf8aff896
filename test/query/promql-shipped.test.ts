import t from 'tap'
import { needs } from '../../testkit/installed.ts'
import { prometheusQueries, rules } from '../prometheus/shipped.ts'
import { compareWithPrometheus } from './comparison.ts'
import { START, sampleText } from './samples.ts'
import { familiesFor } from './selected-samples.ts'

const MINUTE = 60_000
const moments = {
  instant: START + 50 * MINUTE + 500,
  start: START + 30 * MINUTE + 500,
  end: START + 59 * MINUTE,
  step: 30_000,
}

t.test(
  'every expression that is shipped gives what a real Prometheus gives',
  needs('prometheus', 'promtool'),
  async (t) => {
    const panels = prometheusQueries('5m').map(({ expr }) => expr)
    const queries = [...new Set([...panels, ...rules.map(({ expr }) => expr)])]
    t.ok(queries.length > 100, 'they have been found')
    const outcomes = await compareWithPrometheus(t, sampleText(familiesFor(queries)), queries, moments)

    t.equal(outcomes.length, 2 * queries.length)
    t.same(
      outcomes.filter(({ found }) => found !== undefined),
      [],
    )
    t.same(
      outcomes.filter(({ isError }) => isError),
      [],
    )
    t.ok(outcomes.filter(({ isEmpty }) => isEmpty).length < outcomes.length / 3, 'most of them have a result')
  },
)
