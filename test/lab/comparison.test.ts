import t from 'tap'
import { compareLines, compareSpans } from '../../lab/analysis/comparison.ts'
import type { Attributes, LogFields, LogLine, Span } from '../../lab/wire.ts'

let ids = 0

/** A span and those below it, a millisecond apart. */
function span(name: string, children: readonly Span[][] = [], attributes: Attributes = {}): Span[] {
  const span_id = `s${++ids}`
  const top: Span = {
    trace_id: 'a'.repeat(32),
    span_id,
    parent_span_id: null,
    parent_is_remote: false,
    service: 'x',
    name,
    kind: 'internal',
    start: ids,
    duration: 1,
    status: 'unset',
    attributes,
    events: [],
    links: [],
    cut: false,
  }
  const below = children.flatMap(([child, ...rest]) => [{ ...(child as Span), parent_span_id: span_id }, ...rest])
  return [top, ...below.map((one, index) => ({ ...one, start: ids + index }))]
}

const shown = (a: readonly Span[], b: readonly Span[]) =>
  compareSpans(a, b).map(({ a, b, depth }) => `${'  '.repeat(depth)}${a?.name ?? '–'} | ${b?.name ?? '–'}`)

t.test('spans are paired by name and position', (t) => {
  const slow = span('GET /slow', [span('cache'), span('SELECT'), span('SELECT'), span('SELECT', [span('wait')])])
  const fast = span('GET /slow', [span('cache'), span('SELECT'), span('publish')])
  t.strictSame(shown(slow, fast), [
    'GET /slow | GET /slow',
    '  cache | cache',
    '  SELECT | SELECT',
    '  – | publish',
    '  SELECT | –',
    '  SELECT | –',
    '    wait | –',
  ])
  t.strictSame(shown(fast, fast).at(-1), '  publish | publish')
  t.end()
})

t.test('requests of different routes are paired at their roots', (t) => {
  t.strictSame(shown(span('GET /a', [span('x')]), span('GET /b', [span('y')])), [
    'GET /a | GET /b',
    '  – | y',
    '  x | –',
  ])
  t.strictSame(shown([], span('GET /b', [span('y')])), ['– | GET /b', '  – | y'])
  t.strictSame(shown([], []), [])
  t.end()
})

t.test('attributes that differ are named, without ids', (t) => {
  const a = span('q', [], { 'cache.hit': true, 'server.port': 1, 'x.request_id': 'a', same: [1], gone: 1 })
  const b = span('q', [], { 'cache.hit': false, 'server.port': 2, 'x.request_id': 'b', same: [1], new: 'n' })
  t.strictSame(compareSpans(a, b)[0]?.differences, [
    { name: 'cache.hit', a: true, b: false },
    { name: 'gone', a: 1, b: undefined },
    { name: 'new', a: undefined, b: 'n' },
  ])
  t.end()
})

t.test('lines are paired by service and message', (t) => {
  const line = (fields: LogFields): LogLine => ({ seq: ++ids, raw: JSON.stringify(fields), fields, cut: false })
  const a = [
    line({ message: 'begin', level: 'info' }),
    line({ message: 'done', level: 'info', status: 200, latency: 1, time: 'x', trace_id: 'x' }),
  ]
  const b = [
    line({ message: 'begin', level: 'info' }),
    line({ message: 'retry', level: 'warn' }),
    line({ message: 'done', level: 'error', status: 503, latency: 9, time: 'y', trace_id: 'y' }),
  ]
  const pairs = compareLines(a, b)
  t.strictSame(
    pairs.map((pair) => `${pair.a?.fields.message ?? '–'} | ${pair.b?.fields.message ?? '–'}`),
    ['begin | begin', '– | retry', 'done | done'],
  )
  t.strictSame(pairs.at(-1)?.differences, [
    { name: 'level', a: 'info', b: 'error' },
    { name: 'status', a: 200, b: 503 },
  ])
  t.end()
})
