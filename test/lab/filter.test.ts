import t from 'tap'
import { proposalsFor } from '../../lab/filter/completion.ts'
import { parseFilter, quoted, requiredValue } from '../../lab/filter/filter.ts'
import { keysOfLines, keysOfSpans } from '../../lab/filter/known-keys.ts'
import { matchesLine, matchesTrace } from '../../lab/filter/matching.ts'
import type { LogFields, LogLine, Span } from '../../lab/wire.ts'

const line = (fields: LogFields): LogLine => ({ seq: 1, raw: JSON.stringify(fields), fields, cut: false })

const failed = line({
  level: 'error',
  message: 'request failed',
  route: '/v1/courses/:course_id',
  status: 503,
  latency: 120.5,
  user_id: 'u-7',
  err: { type: 'DomainError', message: 'no seats left' },
})

const span = (changes: Partial<Span>): Span => ({
  trace_id: 'a'.repeat(32),
  span_id: 'b'.repeat(16),
  parent_span_id: null,
  parent_is_remote: false,
  service: 'course-app',
  name: 'GET /slow',
  kind: 'server',
  start: 0,
  duration: 120,
  status: 'unset',
  attributes: {},
  events: [],
  links: [],
  cut: false,
  ...changes,
})

const trace = [
  span({ attributes: { 'http.route': '/slow', 'http.response.status_code': 503, 'orders.request_id': 'r-1' } }),
  span({ name: 'SELECT', kind: 'client', duration: 20, attributes: { 'db.system.name': 'postgresql' } }),
  span({
    service: 'partner',
    status: 'error',
    events: [{ name: 'exception', time: 1, attributes: { 'exception.type': 'TimeoutError' } }],
    attributes: { tags: ['gold', 'new'] },
  }),
]

t.test('lines are filtered by any field, and by text', (t) => {
  const cases: readonly [filter: string, isFound: boolean][] = [
    ['', true],
    ['user_id=u-7', true],
    ['USER_ID=u-7', false],
    ['user_id=U-7', true],
    ['user_id=u', false],
    ['user_id=u*', true],
    ['user_id~7', true],
    ['user_id!=u-7', false],
    ['user_id!=u-8', true],
    ['absent!=x', true],
    ['-absent=x', true],
    ['-user_id!=u-7', true],
    ['status>=500', true],
    ['status>503', false],
    ['status<=503', true],
    ['status<503', false],
    ['status>=many', false],
    ['user_id>1', false],
    ['level>=warn', true],
    ['level>=fatal', false],
    ['level<error', false],
    ['level>=loud', false],
    ['latency>120ms', true],
    ['latency>0.12s', true],
    ['duration<0.1s', false],
    ['http.route=/v1/courses/*', true],
    ['http.route=/v1/*/:course_id', true],
    ['http.route=/v1/*x*', false],
    ['route=/*/courses', false],
    ['http.response.status_code=503', true],
    ['err.type=DomainError', true],
    ['err.nothing=x', false],
    ['err.type.length=11', false],
    ['"no seats"', true],
    ['seats NO', true],
    ['"seats no"', false],
    ['-seats', false],
    ['-trumpet', true],
    ['status>=500 user_id=u-8', false],
    ['constructor=x', false],
    ['__proto__=x', false],
  ]
  for (const [filter, isFound] of cases) t.equal(matchesLine(parseFilter(filter), failed), isFound, filter)
  t.end()
})

t.test('traces are filtered by any attribute of any span, with the names of log fields too', (t) => {
  const cases: readonly [filter: string, isFound: boolean][] = [
    ['http.route=/slow', true],
    ['route=/slow status>=500', true],
    ['status=error', true],
    ['status=ok', false],
    ['db.system.name=postgresql service=partner', true],
    ['name=select', true],
    ['kind=client duration<50ms', true],
    ['duration>1s', false],
    ['exception.type=TimeoutError', true],
    ['request_id=r-1', true],
    ['tags=gold', true],
    ['tags=silver', false],
    ['service!=partner', false],
    ['service!=other', true],
    ['timeouterror', true],
    ['postgres "get /slow"', true],
    ['-postgres', false],
    [`trace_id=${'a'.repeat(32)}`, true],
    ['level=error', false],
  ]
  for (const [filter, isFound] of cases) t.equal(matchesTrace(parseFilter(filter), trace), isFound, filter)
  t.end()
})

t.test('mistakes are told, and the other terms hold', (t) => {
  t.match(parseFilter('status>= x'), { terms: [{ key: null, value: 'x' }], problem: 'status>= needs a value.' })
  t.match(parseFilter('a=1 "open'), { terms: [{ key: 'a', value: '1' }], problem: 'A quotation mark is not closed.' })
  t.match(parseFilter('-'), { terms: [], problem: /^- negates/ })
  t.match(parseFilter('x'.repeat(501)), { terms: [], problem: /at most 500/ })
  t.match(parseFilter('a=""'), { terms: [{ key: 'a', value: '' }], problem: null })
  t.match(parseFilter('/slow?ms=5'), { terms: [{ key: null, value: '/slow?ms=5' }], problem: null })
  for (const value of ['plain', 'with space', 'a "quote"', 'back\\slash "x"', '']) {
    t.equal(parseFilter(`key=${quoted(value)}`).terms[0]?.value, value, 'a quoted value is read as it was')
  }
  t.equal(requiredValue(parseFilter('x request_id=r-1'), 'request_id'), 'r-1')
  t.equal(requiredValue(parseFilter('request_id!=r-1'), 'request_id'), undefined)
  t.end()
})

t.test('long patterns take no long time', (t) => {
  const text = line({ message: 'a'.repeat(5000) })
  const startedAt = performance.now()
  t.equal(matchesLine(parseFilter(`message=${'*a'.repeat(200)}*b`), text), false)
  t.ok(performance.now() - startedAt < 1000)
  t.end()
})

t.test('known keys and values complete the term at the caret', (t) => {
  const known = keysOfLines([failed, line({ message: 'x', status: 200, 'bad key': 1, nested: { a: { b: { c: 1 } } } })])
  t.match(
    known.map(({ name }) => name),
    ['err.message', 'err.type', 'latency', 'level', 'message', 'route', 'status', 'user_id'],
  )
  t.match(keysOfSpans(trace).find(({ name }) => name === 'tags')?.values, ['gold', 'new'])
  const labels = (text: string, caret = text.length) => proposalsFor(text, caret, known).map(({ label }) => label)
  t.strictSame(labels('us'), ['user_id', 'status'])
  t.strictSame(labels('level=error st'), ['status'])
  t.strictSame(labels('st level=error', 2), ['status'])
  t.strictSame(labels('status='), ['503', '200'])
  t.strictSame(labels('status>=50'), ['503'])
  t.strictSame(labels('-err.'), ['err.message', 'err.type'])
  t.strictSame(labels('"us'), [])
  t.match(proposalsFor('x -err.message= y', 15, known)[0], {
    text: 'x -err.message="no seats left" y',
    caret: 30,
  })
  t.ok(keysOfLines(Array.from({ length: 500 }, (_, i) => line({ [`k${i}`]: i }))).length <= 200, 'bounded')
  t.end()
})
