/**
 * `npm run bench:query`: how long range queries take over the samples that a Lab may hold, 1,000 series of 15 minutes
 * at one second, with 250 points each. The median of several runs, after a warm-up.
 */
import { parseArgs } from 'node:util'
import { Engine } from '../query/promql/engine.ts'
import { Labels } from '../query/series/labels.ts'
import { SeriesStore } from '../query/series/store.ts'
import { markdownTable } from './markdown-table.ts'

const usage = `Usage: npm run bench:query -- [options]

  --series N     how many, default 1000
  --runs N       of each query, default 9
  --assert       exit code 1 when a median of the CPU time is above 200 ms

On a busy machine a query waits for a core; its CPU time is what it takes on an idle one.`

const SECONDS = 900
const POINTS = 250
const TARGET_MS = 200

const QUERIES = [
  'requests_total',
  'rate(requests_total[1m])',
  'sum by (route) (rate(requests_total[5m]))',
  'histogram_quantile(0.95, sum by (route, le) (rate(duration_seconds_bucket[5m])))',
  'sum by (route) (rate(requests_total{code=~"5.."}[1m])) / sum by (route) (rate(requests_total[1m]))',
  'max_over_time(requests_total[5m])',
  'avg_over_time(requests_total[5m])',
  'quantile_over_time(0.9, requests_total[1m])',
  'topk(5, rate(requests_total[1m]))',
]

const { values } = parseArgs({
  options: {
    series: { type: 'string', default: '1000' },
    runs: { type: 'string', default: '9' },
    assert: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else run(Number(values.series), Number(values.runs))

function run(series: number, runs: number): void {
  const engine = new Engine(filled(series))
  const end = SECONDS * 1000
  const step = Math.floor(end / POINTS)
  const rows = QUERIES.map((query) => {
    const measured = Array.from({ length: runs + 2 }, () => {
      const begun = performance.now()
      const before = process.cpuUsage()
      engine.range(query, end - (POINTS - 1) * step, end, step)
      const { user, system } = process.cpuUsage(before)
      return { elapsed: performance.now() - begun, cpu: (user + system) / 1000 }
    }).slice(2)
    return {
      query,
      elapsed: medianOf(measured.map(({ elapsed }) => elapsed)),
      cpu: medianOf(measured.map(({ cpu }) => cpu)),
    }
  })
  console.log(`${series} series, ${SECONDS} samples each, ${POINTS} points, ${runs} runs\n`)
  console.log(
    markdownTable([
      ['query', 'CPU ms', 'elapsed ms'],
      ...rows.map(({ query, cpu, elapsed }) => [`\`${query}\``, cpu.toFixed(1), elapsed.toFixed(1)]),
    ]),
  )
  if (values.assert && rows.some(({ cpu }) => cpu > TARGET_MS)) process.exitCode = 1
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number
}

/** That many counters, and as many buckets of histograms. */
function filled(count: number): SeriesStore {
  const store = new SeriesStore()
  for (let i = 0; i < count; i++) {
    const shared = { route: `/route/${i % 20}`, instance: String(i >> 2) }
    fill(store, { __name__: 'requests_total', ...shared, code: ['200', '201', '404', '500'][i % 4] as string }, i)
    fill(store, { __name__: 'duration_seconds_bucket', ...shared, le: ['0.1', '0.5', '1', '+Inf'][i % 4] as string }, i)
  }
  return store
}

function fill(store: SeriesStore, labels: Readonly<Record<string, string>>, speed: number): void {
  const series = Labels.of(labels)
  for (let second = 1; second <= SECONDS; second++) store.append(series, second * 1000, second * (1 + (speed % 7)))
}
