import t from 'tap'
import { LineStore } from '../../query/lines/line-store.ts'
import { readLines } from '../../query/lines/read-lines.ts'
import { LogEngine, type LogRange } from '../../query/logql/engine.ts'
import { parseLogQuery } from '../../query/logql/parse.ts'
import { LineTemplate } from '../../query/logql/template.ts'
import { ExecutionError, QueryTimeout } from '../../query/promql/value.ts'
import { Labels, noLabels } from '../../query/series/labels.ts'

const SECOND = 1_000_000_000n
const WHOLE: LogRange = {
  start: 0n,
  end: 1000n * SECOND,
  step: 100n * SECOND,
  interval: 0n,
  limit: 5000,
  direction: 'forward',
}

/** So many lines, one a second, each with an id of its own. */
function storeOf(count: number): LineStore {
  const store = new LineStore()
  for (let i = 1; i <= count; i++)
    store.append(Labels.of({ service: 'app' }), {
      time: BigInt(i) * SECOND,
      text: `line ${i}`,
      metadata: Labels.of({ id: String(i) }),
    })
  return store
}

function linesOf(engine: LogEngine, query: string, range: Partial<LogRange> = {}): string[] {
  const result = engine.range(query, { ...WHOLE, ...range })
  return result.type === 'streams' ? result.streams.flatMap(({ lines }) => lines.map(([, text]) => text)) : []
}

t.test('a query may read so many lines, and take so long', (t) => {
  const query = 'sum(count_over_time({service="app"}[1h]))'
  const few = new LogEngine(storeOf(10), { samples: 9, time: 10_000 })
  t.throws(
    () => few.instant(query, 10n * SECOND),
    new ExecutionError('query processing would load too many samples into memory in query execution'),
  )
  t.throws(() => few.range('{service="app"}', WHOLE), { name: 'ExecutionError' })
  const short = new LogEngine(storeOf(10), { samples: 1000, time: -1 })
  t.throws(() => short.instant(query, 10n * SECOND), new QueryTimeout())
  t.throws(() => short.range('{service="app"}', WHOLE), new QueryTimeout())
  t.end()
})

t.test('a template that takes long for each line cannot exceed the time limit by more than one line', (t) => {
  const engine = new LogEngine(storeOf(10), { samples: 1000, time: 100 })
  const slow = '{service="app"} | line_format `{{range 9000000000}}{{end}}`'
  const start = performance.now()
  t.throws(() => engine.range(slow, WHOLE), new QueryTimeout())
  t.throws(() => engine.instant(`count_over_time(${slow} [1h])`, 10n * SECOND), new QueryTimeout())
  t.ok(performance.now() - start < 6000, 'of two queries, with a second for a line')
  t.end()
})

t.test('a query may give 500 series', (t) => {
  const engine = new LogEngine(storeOf(501))
  t.throws(() => engine.instant('count_over_time({service="app"}[1h])', 501n * SECOND), {
    message: /^maximum number of series \(500\) reached for a single query/,
  })
  const result = engine.instant('count_over_time({service="app"}[1h])', 500n * SECOND)
  t.equal(result.type === 'vector' && result.series.length, 500)
  t.end()
})

t.test('an interval keeps lines that are far enough apart, of those within the limit', (t) => {
  const engine = new LogEngine(storeOf(20))
  const query = '{service="app"} | drop id'
  t.same(linesOf(engine, query, { interval: 5n * SECOND, limit: 12 }), ['line 1', 'line 6', 'line 11'])
  t.same(linesOf(engine, query, { interval: 5n * SECOND, limit: 7, direction: 'backward' }), ['line 20', 'line 15'])
  t.end()
})

t.test('lines are put in order, and one that is there already is not kept twice', (t) => {
  const store = new LineStore()
  for (const second of [3n, 1n, 3n, 2n])
    store.append(Labels.of({ service: 'app' }), { time: second * SECOND, text: `at ${second}`, metadata: noLabels })
  t.same(linesOf(new LogEngine(store), '{service="app"}'), ['at 1', 'at 2', 'at 3'])
  t.end()
})

t.test('lines of a file get the labels that Fluent Bit gives them', (t) => {
  const store = readLines(
    [
      '{"time":"2026-01-01T00:00:00.123456789Z","service":"app","level":"info","trace_id":"abc","span_id":1}',
      '',
      '{"time":1767225600124}',
    ].join('\n'),
  )
  t.same(
    store
      .select([])
      .map(({ labels, lines }) => [labels.toRecord(), lines.map(({ time, metadata }) => [time, metadata.toRecord()])]),
    [
      [{ level: 'info', service: 'app' }, [[1_767_225_600_123_456_789n, { trace_id: 'abc', span_id: '1' }]]],
      [{ level: 'unknown', service: 'unknown' }, [[1_767_225_600_124_000_000n, {}]]],
    ],
  )
  t.throws(() => readLines('plain'), { message: 'line 1 is not a JSON object: plain' })
  t.end()
})

t.test('a comma between label filters binds what is behind it first', (t) => {
  const query = parseLogQuery('{a="b"} | x = 1, y = 2 or z = 3')
  const [stage] = query.kind === 'log' ? query.stages : []
  t.match(stage, { filter: { kind: 'and', left: { label: 'x' }, right: { kind: 'or', left: { label: 'y' } } } })
  t.end()
})

t.test('templates are filled as Go fills them', (t) => {
  const data = {
    labels: new Map([
      ['a', 'one two'],
      ['n', '12.5'],
    ]),
    line: 'the line',
  }
  const filled: readonly (readonly [string, string])[] = [
    ['{{ .a }}|{{.missing}}|{{__line__}}', 'one two||the line'],
    ['{{ .a | upper | trunc 3 }}', 'ONE'],
    ['{{if .missing}}x{{else if eq .n "12.5"}}y{{else}}z{{end}}', 'y'],
    ['{{with .a}}<{{.}}>{{end}}', '<one two>'],
    ['a {{- " b " -}} c', 'a b c'],
    ['{{/* nothing */}}x', 'x'],
    ['{{addf 0.1 0.2}} {{divf 1 3}} {{round 2.555 2}}', '0.3 0.3333333333333333 2.56'],
    ['{{div 7 2}} {{mod -7 3}} {{.n | float64 | mulf 2}} {{int .n}}', '3 -1 25 0'],
    ['{{regexReplaceAll "(\\\\w+) (\\\\w+)" .a "$2 $1"}}', 'two one'],
    ['{{printf "%-5s|%5.1f|%03d" "ab" (float64 .n) 7}}', 'ab   | 12.5|007'],
    ['{{print 1 2 "a" 3}} {{mulf 1000 1000}}', '1 2a3 1e+06'],
  ]
  for (const [template, expected] of filled) t.equal(new LineTemplate(template, 'line').fill(data), expected, template)
  t.throws(() => new LineTemplate('{{trunc .n .a}}', 'line').fill(data), {
    message: 'template: line:1:8: executing "line" at <.n>: wrong type for value; expected int; got string',
  })
  t.throws(() => new LineTemplate('{{.a | eq 1}}', 'line').fill(data), {
    message:
      'template: line:1:7: executing "line" at <eq 1>: error calling eq: incompatible types for comparison: int and string',
  })
  t.end()
})
