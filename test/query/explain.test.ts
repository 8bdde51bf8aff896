import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { describedFunctions } from '../../query/explain/describe-promql.ts'
import { explainLogql } from '../../query/explain/explain-logql.ts'
import { EXPLAIN_LIMITS, explainPromql } from '../../query/explain/explain-promql.ts'
import type { Part, Point } from '../../query/explain/explanation.ts'
import { LineStore } from '../../query/lines/line-store.ts'
import { Engine } from '../../query/promql/engine.ts'
import { parseExpression } from '../../query/promql/parse.ts'
import { functionNames } from '../../query/promql/signatures.ts'
import { Labels } from '../../query/series/labels.ts'
import { readOpenMetrics } from '../../query/series/read-openmetrics.ts'
import { SeriesStore } from '../../query/series/store.ts'
import { toQueryData } from '../../query/server/answer-query.ts'
import { generatedQueries } from './generated-queries.ts'
import { families, START, sampleText } from './samples.ts'

const WRITTEN = fileURLToPath(new URL('../../../test/query/written-queries.txt', import.meta.url))

const NOW = 1_700_000_040_000

/** Two counters of a minute at 1 s: /a rises by 2 a second, /b by 1. */
function counters(): SeriesStore {
  const store = new SeriesStore()
  for (let second = 0; second <= 60; second++) {
    const time = NOW - 60_000 + second * 1000
    for (const [route, status, rise] of [
      ['/a', '200', 2],
      ['/a', '500', 1],
      ['/b', '200', 1],
    ] as const)
      store.append(Labels.of({ __name__: 'requests_total', route, status }), time, second * rise)
  }
  return store
}

/** All parts, outermost first. */
function partsOf(part: Part): Part[] {
  return [part, ...part.operands.flatMap(partsOf)]
}

/** Those of the first series of a range vector. */
function samplesOf({ result }: Part): readonly Point[] {
  return result?.data.resultType === 'matrix' ? (result.data.result[0]?.values ?? []) : []
}

function explain(query: string): Part {
  return explainPromql(counters(), query, NOW).root
}

t.test('each part of a PromQL query has its text, its type and its own result', (t) => {
  const root = explain('sum by (route) (rate(requests_total{status=~"2.."}[30s])) / 2')
  t.match(
    partsOf(root).map(({ text, type, result }) => [text, type, result?.series, result?.samples]),
    [
      ['sum by (route) (rate(requests_total{status=~"2.."}[30s])) / 2', 'instant vector', 2, 2],
      ['sum by (route) (rate(requests_total{status=~"2.."}[30s]))', 'instant vector', 2, 2],
      ['rate(requests_total{status=~"2.."}[30s])', 'instant vector', 2, 2],
      ['requests_total{status=~"2.."}[30s]', 'range vector', 2, 60],
    ],
  )
  const [whole, sum, rate, range] = partsOf(root) as [Part, Part, Part, Part]
  t.strictSame(whole.result?.data.result, [
    { metric: { route: '/a' }, value: [NOW / 1000, '1'] },
    { metric: { route: '/b' }, value: [NOW / 1000, '0.5'] },
  ])
  t.strictSame(sum.result?.data.result, [
    { metric: { route: '/a' }, value: [NOW / 1000, '2'] },
    { metric: { route: '/b' }, value: [NOW / 1000, '1'] },
  ])
  t.match(rate.result?.data.result, [{ metric: { route: '/a', status: '200' }, value: [NOW / 1000, '2'] }, {}])
  t.match(range.result?.data.result, [{ metric: { __name__: 'requests_total' }, values: { length: 30 } }, {}])
  t.equal(rate.about, 'Computes the per-second rate of each counter over 30s. Counter resets are handled.')
  t.equal(sum.about, 'Adds up the series with the same route. All other labels are dropped.')
  t.match(
    range.about,
    /^Takes all samples of the last 30s of each series called requests_total where status matches "2\.\."\./,
  )
  t.equal(whole.about, 'Divides each value by 2.')
  t.end()
})

t.test('the text of each part is a query that gives the same', (t) => {
  const query =
    'histogram_quantile(0.9, sum by (le) (rate(requests_total[30s] offset 5s))) or (topk(1, requests_total) > 3) ^ 2'
  for (const part of partsOf(explain(query))) t.strictSame(explain(part.text).result, part.result, part.text)
  t.end()
})

t.test('each part of any query gives what its text gives as a query', (t) => {
  const written = readFileSync(WRITTEN, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '))
  const store = readOpenMetrics(sampleText(families))
  const engine = new Engine(store)
  const time = START + 45 * 60_000 + 500
  const limits = { ...EXPLAIN_LIMITS, series: 10_000, samples: 10_000 }
  const outcome = (evaluate: () => unknown) => {
    try {
      return JSON.stringify(evaluate())
    } catch (error) {
      return (error as Error).message
    }
  }
  let compared = 0
  const different = [...written, ...generatedQueries(200, 2)].filter((query) => {
    if (!parses(query)) return false
    const parts = partsOf(explainPromql(store, query, time, {}, limits).root)
    // Inside of a subquery, `@ end()` is the end of the whole query.
    return parts
      .filter(({ text }) => !/@\s*(?:start|end)/i.test(text))
      .some((part) => {
        compared++
        const answered = outcome(() => toQueryData(engine.instant(part.text, part.time * 1000)).data)
        return answered !== (part.error ?? JSON.stringify(part.result?.data))
      })
  })
  t.strictSame(different, [])
  t.ok(compared > 800, `${compared} parts`)
  t.end()
})

function parses(query: string): boolean {
  try {
    return parseExpression(query).kind !== 'string'
  } catch {
    return false
  }
}

t.test('the inside of a subquery is evaluated at its last step', (t) => {
  const root = explain('max_over_time(rate(requests_total{route="/b"}[10s])[20s:7s] offset 3s)')
  const [, subquery, rate] = partsOf(root) as [Part, Part, Part]
  t.equal(subquery.time, NOW / 1000)
  const last = Math.floor((NOW - 3000) / 7000) * 7
  t.equal(rate.time, last)
  t.match(subquery.result?.data.result, [{ values: { length: 3 } }])
  const samples = samplesOf(subquery)
  t.strictSame(samples.at(-1)?.[0], last, 'that is the time of the newest sample')
  t.match(
    subquery.about,
    'Evaluates the query inside every 7s over 20s, 3s earlier, and takes the results for samples.',
  )
  t.end()
})

t.test('results are cut, and say how much there is', (t) => {
  const store = new SeriesStore()
  for (let i = 0; i < 20; i++)
    for (let second = 0; second < 100; second++)
      store.append(Labels.of({ __name__: 'up', i: String(i) }), NOW - second * 1000 - (100 - 2 * second) * 1000, second)
  const { root } = explainPromql(store, 'up[5m]', NOW)
  const { result } = root
  t.equal(result?.series, 20)
  t.equal(result?.samples, 2000)
  t.equal(result?.data.result.length, EXPLAIN_LIMITS.series)
  t.equal(samplesOf(root).length, EXPLAIN_LIMITS.samples)
  t.equal(samplesOf(root).at(-1)?.[1], '99', 'the newest samples are kept')
  t.end()
})

t.test('a part that fails has its error, and the parts below it their results', (t) => {
  const root = explain('requests_total / on (route) requests_total')
  t.equal(root.result, null)
  t.match(root.error, /^found duplicate series for the match group \{route="\/a"\}/)
  t.strictSame(
    root.operands.map(({ result }) => result?.series),
    [3, 3],
  )
  t.end()
})

t.test('warnings and infos of the whole query come once', (t) => {
  const { warnings, infos } = explainPromql(gauges(), 'quantile(2, rate(heap[30s]))', NOW)
  t.strictSame(warnings, ['PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)'])
  t.match(infos, [/^PromQL info: metric might not be a counter.*"heap" \(1:18\)$/])
  t.equal(infos.length, 1)
  t.end()
})

function gauges(): SeriesStore {
  const store = new SeriesStore()
  for (let second = 0; second < 10; second++)
    store.append(Labels.of({ __name__: 'heap' }), NOW - 9000 + second * 1000, second)
  return store
}

t.test('explanations are bounded', (t) => {
  const deep = `${'('.repeat(5)}requests_total${')'.repeat(5)}${' + requests_total'.repeat(60)}`
  t.throws(() => explain(deep), { message: 'the query has more than 100 parts to explain' })
  const small = { ...EXPLAIN_LIMITS, limits: { samples: 100, time: 5000 } }
  const costly = () =>
    explainPromql(counters(), 'rate(requests_total[1m]) + rate(requests_total[1m] offset 1s)', NOW, {}, small)
  t.throws(costly, { message: 'query processing would load too many samples into memory in query execution' })
  t.throws(() => explain('sum(requests_total'), { message: /^1:19: parse error: unclosed left parenthesis/ })
  t.end()
})

t.test('each function that is answered has a sentence', (t) => {
  const refused = /^(?:histogram_(?:avg|count|sum|stddev|stdvar)|a?(?:sin|cos|tan)h?)$/
  t.strictSame(
    functionNames.filter((name) => !describedFunctions.has(name) && !refused.test(name)),
    [],
  )
  t.match(explain('cos(requests_total)').about, 'Computes the function cos of each value.')
  t.end()
})

t.test('operators are described with their matching', (t) => {
  const about = (query: string) => explain(query).about
  t.equal(about('requests_total > 5'), 'Keeps the series whose value is > 5, with their values.')
  t.equal(about('5 > bool requests_total'), 'Gives 1 for each value < 5, otherwise 0.')
  t.equal(about('1 - requests_total'), 'Subtracts each value from 1.')
  t.equal(
    about('requests_total / ignoring (status) group_left (kind) sum without (status) (requests_total)'),
    'Divides left by right, for each pair of series with the same labels except status. A series without a partner is dropped. Several series of the left side may share one of the right, and kind is copied from it.',
  )
  t.equal(
    about('requests_total unless on (route) requests_total{status="500"}'),
    'Keeps the series of the left side that have no partner on the right with the same route.',
  )
  t.equal(
    about('sum without (status, route) (requests_total)'),
    'Adds up the series that differ in status and route alone; these labels are dropped.',
  )
  t.equal(
    about('topk by (route) (3, requests_total)'),
    'Keeps the 3 largest series for each route, with all their labels.',
  )
  t.end()
})

/** Ten lines, one a second: half of another level, one that is no JSON. */
function lines(): LineStore {
  const store = new LineStore()
  for (let i = 0; i < 10; i++) {
    const level = i % 2 === 0 ? 'info' : 'error'
    const text =
      i === 4
        ? 'plain text'
        : JSON.stringify({ level, route: i < 6 ? '/slow' : '/hello', latency: i * 10, message: 'done' })
    const time = BigInt(NOW - 10_000 + i * 1000) * 1_000_000n
    store.append(Labels.of({ service: 'course-app', level }), {
      time,
      text,
      metadata: Labels.of({ request_id: `r${i}` }),
    })
  }
  store.append(Labels.of({ service: 'partner' }), {
    time: BigInt(NOW - 5000) * 1_000_000n,
    text: '{}',
    metadata: Labels.of({}),
  })
  return store
}

t.test('a log query shows how many lines each stage was given and let pass', (t) => {
  const query = '{service="course-app"} |= "done" | json | latency > 30 | line_format "{{.route}} took {{.latency}}"'
  const { root } = explainLogql(lines(), query, NOW - 60_000, NOW)
  t.equal(root.type, 'log lines')
  t.match(
    root.stages.map((stage) => [stage.text, stage.in, stage.out]),
    [
      ['{service="course-app"}', 11, 10],
      ['|= "done"', 10, 9],
      ['| json', 9, 9],
      ['| latency > 30', 9, 5],
      ['| line_format "{{.route}} took {{.latency}}"', 5, 5],
    ],
  )
  const [selector, filter, json, , format] = root.stages
  t.equal(filter?.removed?.line, 'plain text', 'an example of what a stage removes')
  t.match(selector?.example, { labels: { service: 'course-app', request_id: 'r9' } })
  t.notOk('route' in (selector?.example?.labels ?? {}))
  t.match(
    json?.example?.labels,
    { route: '/hello', latency: '90', request_id: 'r9' },
    'the same line has more labels then',
  )
  t.equal(format?.example?.line, '/hello took 90')
  t.strictSame(
    root.stages.map(({ about }) => about),
    [
      'Takes the lines of the streams where service is "course-app".',
      'Keeps lines that contain "done".',
      'Parses each line as JSON: every member becomes a label, those of inner objects with the outer name before them.',
      'Keeps lines where latency > 30.',
      'Replaces the line by the template, filled with its labels.',
    ],
  )
  t.end()
})

t.test('a metric query of lines leads from the stages to the aggregation', (t) => {
  const query = 'sum by (route) (sum_over_time({service="course-app"} | json | unwrap latency [10s]))'
  const parts = partsOf(explainLogql(lines(), query, 0, NOW).root)
  t.match(
    parts.map(({ text, type, result }) => [text, type, result?.series ?? null]),
    [
      [query, 'instant vector', 2],
      ['sum_over_time({service="course-app"} | json | unwrap latency [10s])', 'instant vector', 8],
      ['{service="course-app"} | json | unwrap latency', 'log lines', null],
    ],
  )
  t.strictSame(parts[0]?.result?.data.result, [
    { metric: { route: '/hello' }, value: [NOW / 1000, '300'] },
    { metric: { route: '/slow' }, value: [NOW / 1000, '110'] },
  ])
  const stages = parts[2]?.stages ?? []
  t.match(
    stages.map((stage) => [stage.text, stage.in, stage.out, stage.errors]),
    [
      ['{service="course-app"}', 10, 9, 0],
      ['| json', 9, 9, 1],
      ['| unwrap latency', 9, 8, 0],
    ],
    'the line at the start of the range is outside of it',
  )
  t.equal(
    stages[2]?.about,
    'Takes the value of latency as the number of the line. Lines without this label are dropped.',
  )
  t.equal(stages[2]?.removed?.line, 'plain text')
  t.end()
})

t.test('examples are cut, and stages bounded', (t) => {
  const store = new LineStore()
  const text = JSON.stringify({ message: 'x'.repeat(10_000) })
  store.append(Labels.of({ service: 'a' }), { time: BigInt(NOW - 1000) * 1_000_000n, text, metadata: Labels.of({}) })
  const explained = (query: string) => explainLogql(store, query, NOW - 60_000, NOW).root.stages
  const example = explained('{service="a"} | json')[1]?.example
  t.equal(example?.line.length, 2001, 'with an ellipsis')
  t.equal(example?.labels.message?.length, 2001)
  t.throws(() => explained(`{service="a"}${' |= "x"'.repeat(100)}`), {
    message: 'the query has more than 100 parts to explain',
  })
  t.end()
})

t.test('a template that takes long for each line cannot exceed the time limit by more than one line', (t) => {
  const limits = { ...EXPLAIN_LIMITS, limits: { samples: 1000, time: 100 } }
  const query = '{service="course-app"} | line_format `{{range 9000000000}}{{end}}`'
  const start = performance.now()
  t.throws(() => explainLogql(lines(), query, NOW - 60_000, NOW, limits), { name: 'QueryTimeout' })
  t.ok(performance.now() - start < 4000, 'with a second for a line')
  t.end()
})

t.test('an error of the log parser is thrown', (t) => {
  t.throws(() => explainLogql(lines(), '{service="course-app"} | jsn', 0, NOW), { name: 'LogParseError' })
  t.end()
})
