import t from 'tap'
import { type Answer, type Data, Refused } from '../../../tutor/ask/answer.ts'
import { curve } from '../../../tutor/ask/curve.ts'
import { describeAnswer } from '../../../tutor/ask/describe-answer.ts'
import { describeRefusal } from '../../../tutor/ask/describe-refusal.ts'
import { OptionError, readLine } from '../../../tutor/ask/options.ts'
import { formatValue } from '../../../tutor/ask/sample-value.ts'

const answer = (data: Data, rest: Partial<Answer> = {}): Answer => ({
  data,
  warnings: [],
  infos: [],
  reasons: [],
  ...rest,
})

const shown = (data: Data, layout: { width?: number; limit?: number } = {}) =>
  describeAnswer(answer(data), { width: 120, limit: 40, ...layout }).split('\n')

const series = (...all: (readonly [Record<string, string>, string])[]): Data => ({
  resultType: 'vector',
  result: all.map(([metric, value]) => ({ metric, value: [1, value] as const })),
})

t.test('series are rows, labels are columns, and what all share is told once', (t) => {
  const data = series(
    [{ __name__: 'a_total', job: 'app', route: '/hello' }, '12'],
    [{ __name__: 'a_total', job: 'app', code: '500' }, '0.123456'],
  )
  t.strictSame(shown(data), [
    'All have a_total{job="app"}',
    '',
    'code  route    value',
    '      /hello      12',
    '500           0.1235',
  ])
  t.strictSame(shown(data, { width: 18 }).slice(2), [
    'series             value',
    '{route="/hello"}      12',
    '{code="500"}      0.1235',
  ])
  t.strictSame(shown(data, { limit: 1 }).at(-1), '… and 1 more series; --limit shows more')
  t.strictSame(shown(series([{}, '5'])), ['series  value', '{}          5'])
  t.end()
})

t.test('a range is a row for each series, with its extremes, and a curve that shows gaps', (t) => {
  const data: Data = {
    resultType: 'matrix',
    result: [
      { metric: { route: '/a' }, values: [0, 10, 20, 50].map((time, i) => [time, String(i * 2)] as const) },
      { metric: { route: '/b' }, values: [[20, 'NaN'], [30, '+Inf'], [40, '-1']] }, // biome-ignore format: a table
    ],
  }
  t.strictSame(shown(data), [
    'route  first  last  min   max',
    '/a         0     6    0     6  ▁▃▆  █',
    '/b       NaN    -1   -1  +Inf     █▁',
    'From 00:00:00 to 00:00:50, in UTC.',
  ])
  t.end()
})

t.test('a curve of many values keeps their peak', (t) => {
  const times = Array.from({ length: 400 }, (_, i) => i)
  const points = times.map((time) => [time, time === 203 ? '9' : '1'] as const)
  t.equal(curve(points, times), `${'▁'.repeat(20)}█${'▁'.repeat(19)}`)
  t.end()
})

t.test('lines have their time, and the labels that they do not show themselves', (t) => {
  const line = (level: string) => `{"level":"${level}","message":"hello\u001b[31m"}`
  const stream = (level: string, id: string, time: string) => ({
    stream: { service: 'app', level, request_id: id },
    values: [[time, line(level)] as const],
  })
  const data: Data = {
    resultType: 'streams',
    result: [stream('info', 'r2', '2000000000'), stream('error', 'r1', '1500000000')],
  }
  t.strictSame(shown(data), [
    'All have {service="app"}',
    '',
    '00:00:01.500 {request_id="r1"} {"level":"error","message":"hello"}',
    '00:00:02.000 {request_id="r2"} {"level":"info","message":"hello"}',
    '2 lines. Times are UTC.',
  ])
  t.strictSame(shown(data, { limit: 1 }).slice(1), ['The newest line; --limit shows more. Times are UTC.'])
  t.end()
})

t.test('remarks and reasons follow the answer', (t) => {
  const text = describeAnswer(
    answer(series(), { warnings: ['w (1:1)'], infos: ['i (1:2)'], reasons: ['No series is named x.'] }),
    { width: 80, limit: 1 },
  )
  t.equal(text, 'The answer is empty: no series fits.\nNo series is named x.\nwarning: w (1:1)\ninfo: i (1:2)')
  t.end()
})

t.test('values have the digits that count', (t) => {
  for (const [value, text] of [
    ['12345678', '12345678'],
    ['0.30000000000000004', '0.3'],
    ['123456.789', '123457'],
    ['0.000012345', '1.234e-5'],
    ['99.99999', '100'],
    ['-0.5', '-0.5'],
    ['NaN', 'NaN'],
    ['+Inf', '+Inf'],
    ['1e+21', '1.000e+21'],
  ] as const)
    t.equal(formatValue(value), text)
  t.end()
})

t.test('a caret shows the place of a mistake, whether it is counted in bytes or in characters', (t) => {
  const refusal = (query: string, message: string) => describeRefusal(new Refused(query, message))
  t.equal(
    refusal('up{a="ö"} )', 'invalid parameter "query": 1:12: parse error: unexpected ")"'),
    '  up{a="ö"} )\n            ^\ninvalid parameter "query": 1:12: parse error: unexpected ")"',
  )
  t.match(refusal('{a="ö"}\n| )', 'parse error at line 2, col 3: syntax error'), /^ {2}\| \)\n {4}\^\nparse/)
  t.equal(refusal('up', 'query timed out'), 'query timed out')
  t.end()
})

t.test('a line in a drill may have quotes and options', (t) => {
  const now = Date.parse('2026-01-31T12:00:00Z')
  const read = (line: string) => readLine(line, now)
  t.match(read("'sum(up)' --last 5m --step=10s"), {
    query: 'sum(up)',
    last: 300_000,
    step: 10_000,
    language: 'metrics',
  })
  t.match(read('sum by (a) (up{b="c d"}) - -1'), { query: 'sum by (a) (up{b="c d"}) - -1', last: undefined })
  t.match(read('"up" --logs --limit 3'), { query: 'up', language: 'logs', limit: 3 })
  t.match(read('{a="b"} --at 11:59:30'), { language: 'logs', at: now - 30_000 })
  t.match(read('up --at 2026-01-31T11:00:00+01:00').at, now - 2 * 3_600_000)
  for (const [line, complaint] of [
    ['', /query is empty/],
    ['up --last soon', /--last soon is not a duration, such as 30s/],
    ['up --step 5s', /--step needs --last/],
    ['up --at noon', /--at noon is not a time/],
    ['up --limit 0', /--limit 0 is not a number/],
    ['up --logs --metrics', /not both/],
  ] as const)
    t.throws(() => read(line), { name: 'OptionError', message: complaint }, line)
  t.ok(new OptionError('').message === '')
  t.end()
})
