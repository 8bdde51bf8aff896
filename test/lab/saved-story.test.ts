import t from 'tap'
import { openStory, SAVED_LIMITS, saveStory } from '../../lab/analysis/saved-story.ts'
import type { LogLine, Span, Story } from '../../lab/wire.ts'

const TRACE = '0123456789abcdef'.repeat(2)

const span = (changes: Partial<Span> = {}): Span => ({
  trace_id: TRACE,
  span_id: 'a'.repeat(16),
  parent_span_id: null,
  parent_is_remote: false,
  service: 'course-app',
  name: 'GET /slow',
  kind: 'server',
  start: 1_795_000_000_000.25,
  duration: 512.123456,
  status: 'unset',
  attributes: {},
  events: [],
  links: [],
  cut: false,
  ...changes,
})

const spans = [
  span({
    attributes: {
      text: '<b>x</b>',
      whole: 7,
      part: 0.5,
      yes: true,
      list: ['a', 1, false],
      'http.response.status_code': 503,
      'x.request_id': 'lab-1',
    },
    status: 'error',
    status_message: 'no seats',
    events: [{ name: 'exception', time: 1_795_000_000_100, attributes: { 'exception.type': 'Error' } }],
    links: [{ trace_id: 'f'.repeat(32), span_id: 'e'.repeat(16), attributes: { a: 1 } }],
  }),
  span({
    service: 'partner',
    span_id: 'b'.repeat(16),
    parent_span_id: 'a'.repeat(16),
    parent_is_remote: true,
    kind: 'consumer',
    start: 1_795_000_000_001,
  }),
]

const raw = JSON.stringify({
  level: 'info',
  message: 'done',
  status: 503,
  request_id: 'lab-1',
  err: { type: 'E', message: 'm' },
})
const lines: LogLine[] = [
  { seq: 90, raw, fields: JSON.parse(raw), cut: false },
  { seq: 99, raw: 'not JSON', fields: {}, cut: false },
]

const saved = () => JSON.parse(saveStory({ lines, trace: { all_spans: spans } as unknown as Story['trace'] }))

/** The error of a file, or undefined. */
function refusal(file: unknown): string | undefined {
  try {
    openStory(typeof file === 'string' ? file : JSON.stringify(file))
    return undefined
  } catch (error) {
    t.equal((error as Error).name, 'SavedStoryError')
    return (error as Error).message
  }
}

t.test('what was saved is opened as it was', (t) => {
  const story = openStory(JSON.stringify(saved()))
  t.match(story, { request_id: 'lab-1', trace_id: TRACE, complete: true, metrics: null })
  t.strictSame(story.trace?.all_spans, spans)
  t.match(story.trace, { name: 'GET /slow', http_status: 503, status: 'error', services: ['course-app', 'partner'] })
  t.strictSame(
    story.lines.map((line) => line.raw),
    lines.map((line) => line.raw),
  )
  t.match(story.lines[0]?.fields, { message: 'done', status: 503, err: { type: 'E', message: 'm' } })
  t.end()
})

t.test('spans are OTLP JSON', (t) => {
  const { resourceSpans } = saved()
  t.match(resourceSpans[0], {
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'course-app' } }] },
  })
  t.match(resourceSpans[0].scopeSpans[0].spans[0], {
    traceId: TRACE,
    kind: 2,
    startTimeUnixNano: '1795000000000250000',
    endTimeUnixNano: '1795000000512373456',
    status: { code: 2, message: 'no seats' },
  })
  const { resourceSpans: alone } = { resourceSpans }
  t.equal(refusal({ resourceSpans: alone }), undefined, 'a file of another tool, without lines')
  t.equal(refusal({ lines: ['x'] }), undefined, 'and of a phase without traces')
  t.end()
})

t.test('other files are refused with the reason', (t) => {
  const withSpan = (changes: object) => {
    const file = saved()
    Object.assign(file.resourceSpans[0].scopeSpans[0].spans[0], changes)
    return file
  }
  const cases: readonly [file: unknown, reason: RegExp][] = [
    ['', /not JSON/],
    ['[]', /not a JSON object/],
    ['null', /not a JSON object/],
    [{}, /neither spans/],
    [{ lines: 'x' }, /lines is not a list/],
    [{ lines: [1] }, /log line is not a text/],
    [{ lines: new Array(SAVED_LIMITS.lines + 1).fill('x') }, /more than 2,000/],
    [{ resourceSpans: {} }, /resourceSpans is not a list/],
    [{ resourceSpans: [null] }, /not a JSON object/],
    [withSpan({ traceId: 'x' }), /traceId is not 32 hex/],
    [withSpan({ spanId: '<script>' }), /spanId is not 16 hex/],
    [withSpan({ parentSpanId: 7 }), /parentSpanId is not a text/],
    [withSpan({ startTimeUnixNano: 'now' }), /startTimeUnixNano is not a time/],
    [withSpan({ startTimeUnixNano: '9'.repeat(10_000) }), /not a time/],
    [withSpan({ endTimeUnixNano: '1' }), /ends before it starts/],
    [withSpan({ name: { toString: 1 } }), /name is not a text/],
    [withSpan({ attributes: [7] }), /attribute is not a JSON object/],
    [withSpan({ traceId: 'c'.repeat(32) }), /2 traces/],
    [`"${'x'.repeat(SAVED_LIMITS.bytes)}"`, /too large/],
  ]
  for (const [file, reason] of cases) t.match(refusal(file), reason, String(reason))
  const many = saved()
  const [first] = many.resourceSpans[0].scopeSpans[0].spans
  many.resourceSpans[0].scopeSpans[0].spans = new Array(SAVED_LIMITS.spans + 1).fill(first)
  t.match(refusal(many), /more than 1,000 spans/)
  t.end()
})

t.test('odd values become text, long ones short, and no name is special', (t) => {
  const nested = { kvlistValue: { values: [{ key: 'a', value: { stringValue: 'b' } }] } }
  const file = {
    lines: [
      JSON.stringify({
        message: { type: 'b', props: { dangerouslySetInnerHTML: { __html: 'x' } } },
        status: 'x',
        err: 7,
      }),
      'y'.repeat(SAVED_LIMITS.characters + 1),
    ],
    resourceSpans: saved().resourceSpans,
  }
  file.resourceSpans[0].scopeSpans[0].spans[0].attributes = [
    { key: '__proto__', value: { stringValue: 'polluted' } },
    { key: 'nested', value: nested },
    { key: 'deep', value: { arrayValue: { values: [{ arrayValue: { values: [] } }, { stringValue: 'ok' }] } } },
    { key: 'long', value: { stringValue: 'z'.repeat(SAVED_LIMITS.characters + 1) } },
  ]
  const { lines, trace } = openStory(JSON.stringify(file))
  t.type(lines[0]?.fields.message, 'string')
  t.equal(lines[0]?.fields.status, undefined)
  t.strictSame(lines[0]?.fields.err, { message: '7' })
  t.equal(lines[1]?.cut, true)
  const attributes = trace?.all_spans[0]?.attributes ?? {}
  t.equal(Object.getPrototypeOf(attributes), Object.prototype)
  t.equal(attributes.nested, JSON.stringify(nested))
  t.strictSame(attributes.deep, ['{}', 'ok'])
  t.equal(String(attributes.long).length, SAVED_LIMITS.characters + 1)
  t.end()
})
