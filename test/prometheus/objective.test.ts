import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { stringify } from 'yaml'
import { needs } from '../../testkit/installed.ts'
import { read, rules } from './shipped.ts'

const lesson = read('phases/3-metrics/README.md')

/** The queries about objectives in the lesson: for failed and for fast requests. */
const [failed = '', fast = ''] = [
  ...lesson.slice(lesson.indexOf('**An SLO.**')).matchAll(/^```\n([\s\S]*?)^```/gm),
].map(([, query]) => query)

function plain(query: string): string {
  return query.replace(/\s+/g, ' ').trim()
}

interface Expected {
  readonly expr: string
  readonly samples: readonly { readonly labels: string; readonly value: number }[]
}

/** Evaluates queries with promtool over an hour of requests to one route, one a second. */
function evaluate(t: Test, series: Readonly<Record<string, string>>, ...expected: Expected[]): void {
  const file = join(t.testdir(), 'queries.test.yml')
  writeFileSync(
    file,
    stringify({
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
          promql_expr_test: expected.map(({ expr, samples }) => ({ expr, eval_time: '1h', exp_samples: samples })),
        },
      ],
    }),
  )
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' })
  t.equal(status, 0, stdout + stderr)
}

t.test('lesson 3 and the rules measure the same', async (t) => {
  const rule = rules.find(({ record }) => record === 'job:slo_errors:ratio_rate1h')
  t.equal(plain(failed), plain(rule?.expr ?? 'no such rule'))
})

t.test('all texts and rules have the same objective', async (t) => {
  for (const file of ['phases/3-metrics/README.md', 'docs/alerts.md', 'docker/prometheus/slo.rules.yml']) {
    const objectives = [...read(file).matchAll(/\b99(?:\.\d+)? %/g)].map(([objective]) => objective)
    t.strictSame([...new Set(objectives)], ['99.5 %'], file)
  }
  t.match(lesson, 'divided by 0.005', 'the burn rate')
  for (const { expr, alert = '' } of rules) {
    if (!/^ErrorBudget/.test(alert)) continue
    t.match(expr, /0\.005\b.*0\.005\b/, expr)
  }
})

t.test(
  'without a 5xx the share of failed requests is 0, and nothing without `or 0 *`',
  needs('promtool'),
  async (t) => {
    const series = { 'http_server_request_count_total{job="a", route="/hello", status="200"}': '0+60x60' }
    const careless = failed.replace(/\n\s*or 0 \*.*$/m, ')')
    t.not(careless, failed)
    evaluate(t, series, { expr: failed, samples: [{ labels: '{job="a"}', value: 0 }] }, { expr: careless, samples: [] })
  },
)

t.test('the share of fast requests counts only successful ones', needs('promtool'), async (t) => {
  const series = {
    'http_server_request_duration_seconds_bucket{job="a", route="/hello", status="200", le="0.25"}': '0+45x60',
    'http_server_request_duration_seconds_count{job="a", route="/hello", status="200"}': '0+60x60',
    'http_server_request_duration_seconds_bucket{job="a", route="/hello", status="500", le="0.25"}': '0+60x60',
    'http_server_request_duration_seconds_count{job="a", route="/hello", status="500"}': '0+60x60',
    'http_server_request_duration_seconds_bucket{job="a", route="/livez", status="200", le="0.25"}': '0+60x60',
    'http_server_request_duration_seconds_count{job="a", route="/livez", status="200"}': '0+60x60',
  }
  evaluate(t, series, { expr: fast, samples: [{ labels: '{job="a"}', value: 0.75 }] })
})
