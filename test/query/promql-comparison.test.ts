import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { needs } from '../../testkit/installed.ts'
import { compareWithPrometheus } from './comparison.ts'
import { generatedQueries } from './generated-queries.ts'
import { families, START, sampleText } from './samples.ts'

const WRITTEN = fileURLToPath(new URL('../../../test/query/written-queries.txt', import.meta.url))
const COUNT = 1200
const MINUTE = 60_000

// Half a second past a whole one, so that no range begins exactly where a sample is.
const moments = {
  instant: START + 45 * MINUTE + 500,
  start: START + 20 * MINUTE + 500,
  end: START + 50 * MINUTE,
  step: 47_300,
}

t.test(
  'written and generated queries give what a real Prometheus gives',
  needs('prometheus', 'promtool'),
  async (t) => {
    const written = readFileSync(WRITTEN, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('# '))
    t.ok(written.length > 200)
    const queries = [...written, ...generatedQueries(COUNT, 1)]
    const outcomes = await compareWithPrometheus(t, sampleText(families), queries, moments)

    t.equal(outcomes.length, 2 * (written.length + COUNT))
    t.same(
      outcomes.filter(({ found, known }) => found !== undefined && known === undefined),
      [],
    )
    t.ok(outcomes.filter(({ known }) => known !== undefined).length < COUNT / 50, 'known differences are rare')
    t.ok(outcomes.filter(({ isEmpty, isError }) => !isEmpty && !isError).length > COUNT, 'most queries have a result')
    t.ok(outcomes.filter(({ isError }) => isError).length > 20, 'some queries fail while they are executed')
  },
)
