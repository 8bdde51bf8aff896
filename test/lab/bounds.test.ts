import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import t from 'tap'
import { bounded } from '../../lab/bounded-span.ts'
import { Collector, LIMITS } from '../../lab/collector.ts'
import { EventLoopLag } from '../../lab/event-loop-lag.ts'
import { LineRing } from '../../lab/line-ring.ts'
import { logLine } from '../../lab/log-line.ts'
import type { Family, MetricReader } from '../../lab/metric-reader.ts'
import { PendingSpans } from '../../lab/pending-spans.ts'
import { MOST_SERIES } from '../../lab/self-scrape.ts'
import { LINE_BYTES, type TelemetryBuffer } from '../../lab/telemetry-buffer.ts'
import { TraceStore } from '../../lab/trace-store.ts'
import type { Span } from '../../lab/wire.ts'
import { parseStreamSelector } from '../../query/logql/parse.ts'
import { loadConfig } from '../../src/config.ts'

const service = loadConfig([]).OTEL_SERVICE_NAME
const MB = 1024 * 1024

/** `up` and what else a scrape adds. */
const OWN_SERIES = 5

let spans = 0

function span(changes: Partial<Span> = {}): Span {
  const id = (++spans).toString(16)
  return {
    trace_id: id.padStart(32, '0'),
    span_id: id.padStart(16, '0'),
    parent_span_id: null,
    parent_is_remote: false,
    service,
    name: 'GET /hello',
    kind: 'server',
    start: Date.now(),
    duration: 1,
    status: 'unset',
    attributes: {},
    events: [],
    links: [],
    cut: false,
    ...changes,
  }
}

t.test('a line ring returns the newest complete lines', async (t) => {
  const capacity = 512
  const text = fc.oneof(fc.string({ maxLength: 40, unit: 'grapheme' }), fc.constant('{"message":"a"}'))
  const line = text.map((found) => found.replaceAll('\n', ' '))
  await fc.assert(
    fc.property(fc.array(fc.array(line, { minLength: 1, maxLength: 5 }), { maxLength: 30 }), (chunks) => {
      const [ring, oneByOne] = [new LineRing(capacity), new LineRing(capacity)]
      for (const chunk of chunks) ring.add(Buffer.from(chunk.map((one) => `${one}\n`).join('')))
      for (const one of chunks.flat()) oneByOne.write(`${one}\n`)
      if (JSON.stringify(oneByOne.read(0, 1000)) !== JSON.stringify(ring.read(0, 1000))) return false
      const all = chunks.flat()
      const { lines } = ring.read(0, 1000)
      const found = lines.map(({ text }) => text)
      if (found.join('\n') !== all.slice(all.length - found.length).join('\n')) return false
      const [before, ...later] = lines
      const rest = ring.read(before?.seq ?? 0, 1000)
      if (later.length > 0 && rest.lines.length !== later.length) return false
      if (ring.read(ring.end, 10).lines.length > 0) return false
      const kept = Buffer.byteLength(found.join('\n')) + 1
      const next = all.at(-found.length - 1)
      return next === undefined || kept + Buffer.byteLength(next) + 1 >= capacity // a line that just fits looks like half a line
    }),
  )
  t.pass('for many')
})

t.test('lines can be searched by content', async (t) => {
  const ring = new LineRing(4096)
  for (let i = 0; i < 500; i++) ring.add(Buffer.from(`{"request_id":"${i % 7}","twice":"${i % 7}"}\n`))
  const found = ring.find('"request_id":"3"', 0, 1000)
  t.ok(found.length > 5)
  for (const { text } of found) t.match(text, /^\{"request_id":"3","twice":"3"\}$/)
  t.equal(new Set(found.map(({ seq }) => seq)).size, found.length)
  t.strictSame(
    found,
    ring.read(0, 1000).lines.filter(({ text }) => text.includes('"request_id":"3"')),
  )
  t.strictSame(ring.find('nowhere', 0, 10), [])
  t.equal(ring.find('request_id', 0, 2).length, 2)
})

t.test('an oversized line is truncated and marked', async (t) => {
  const ring = new LineRing(4 * MB)
  const long = { level: 'error', message: 'x'.repeat(MB), err: { stack: 'y'.repeat(MB) }, request_id: 'r' }
  ring.add(Buffer.from(`{"message":"before"}\n${JSON.stringify(long)}\n${'z'.repeat(MB)}\n{"message":"after"}\n`))
  const lines = ring.read(0, 10).lines.map(logLine)
  t.strictSame(
    lines.map(({ cut }) => cut),
    [false, true, true, false],
  )
  t.match(lines[1]?.fields, { level: 'error', request_id: 'r', message: /^x{1000}… \(1047576 more characters\)$/ })
  t.ok(lines.every(({ raw }) => raw.length < 64 * 1024))
  t.equal('lab_cut' in (lines[1]?.fields ?? {}), false)
})

t.test('an oversized span is truncated and marked', async (t) => {
  const attributes = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`a${i}`, 'v'.repeat(10_000)]))
  const event = { name: 'exception', time: 0, attributes }
  const large = bounded(span({ attributes, events: Array.from({ length: 200 }, () => event) }))
  t.equal(large.span.cut, true)
  t.match(large.span.attributes.a0, /^v{4000}… \(6000 more characters\)$/)
  t.ok(JSON.stringify(large.span).length < 200_000)
  t.ok(JSON.stringify(large.span).length < large.bytes)
  const usual = span({ attributes: { 'http.route': '/hello', n: 1, list: ['a', 'b'] } })
  t.strictSame(bounded(usual).span, usual)
})

t.test('pending spans are all kept while they are few, and the newest when they are many', async (t) => {
  const pending = new PendingSpans((given: Span) => given)
  const add = (many: readonly Span[]) => many.forEach((one) => void pending.add(one, 10))
  const few = Array.from({ length: 100 }, () => span())
  add(few)
  t.strictSame(
    pending.take().map(({ span }) => span),
    few,
  )
  const many = Array.from({ length: 20_000 }, () => span())
  add(many)
  const taken = pending.take().map(({ span }) => span.span_id)
  t.ok(taken.length < 1000, 'without a reader')
  t.strictSame(
    taken.slice(-50),
    many.slice(-50).map(({ span_id }) => span_id),
  )
  pending.watched = true
  add(many)
  t.strictSame(
    pending.take().map(({ span }) => span.span_id),
    many.slice(-8192).map(({ span_id }) => span_id),
  )
  for (let i = 0; i < 1000; i++) pending.add(span(), 20_000)
  t.ok(pending.take().length <= 105, 'large ones are fewer')
  t.strictSame(pending.take(), [])
})

t.test('keeps the latest traces', async (t) => {
  let now = Date.now()
  const store = new TraceStore(service, { traces: 300, bytes: 16 * MB }, () => now)
  const own = span({ attributes: { 'course_app.request_id': 'lab-1' } })
  const child = span({ parent_span_id: 'f'.repeat(16), kind: 'internal' })
  store.add([own, child].map(bounded))
  const many = Array.from({ length: 2000 }, () => span())
  store.add(many.map(bounded))
  t.equal(store.size, 2002, 'recent traces stay for a minimum time')
  now += 5000
  const last = Array.from({ length: 10 }, () => span())
  store.add(last.map(bounded))
  t.equal(store.size, 300)
  t.ok(store.get(own.trace_id), "the page's own stays longest")
  t.ok(store.get(child.trace_id), 'and one that is not finished waits')
  t.ok(last.every(({ trace_id }) => store.get(trace_id)))
  for (let second = 0; second < 60; second++) {
    const exemplars = Array.from({ length: 20 }, () => span())
    store.add(exemplars.map(bounded))
    store.pin(exemplars.map(({ trace_id }) => trace_id))
    now += 5000
  }
  t.ok(store.get(own.trace_id), 'however many exemplars there have been since')
  t.ok(store.size <= 320, 'of which only the last stay longer')
  store.add([bounded(span())])
  t.notOk(store.get(child.trace_id), 'but not for ever')
})

t.test('a trace with an endless number of spans is bounded', async (t) => {
  const store = new TraceStore(service, { traces: 300, bytes: 16 * MB })
  const root = span()
  store.add([bounded(root)])
  for (let i = 0; i < 5000; i++) store.add([bounded(span({ trace_id: root.trace_id, parent_span_id: root.span_id }))])
  t.equal(store.get(root.trace_id)?.spans.length, 1000)
})

t.test('total memory stays below 60 MB', async (t) => {
  const routes = Array.from({ length: 100 }, (_, i) => ({
    route: `/route/${i}/`.padEnd(200, 'x'),
    status: '200',
    method: 'GET',
  }))
  let count = 0
  const pending = new PendingSpans((given: Span) => given)
  const familyOf = (name: string): Family => ({
    name,
    help: 'Help.',
    type: 'histogram',
    values: routes.flatMap((labels) =>
      Array.from({ length: 16 }, (_, i) => ({
        metricName: `${name}${i < 14 ? '_bucket' : i === 14 ? '_sum' : '_count'}`,
        sharedLabels: labels,
        labels: i < 14 ? { le: String(i) } : {},
        value: count + i,
      })),
    ),
  })
  const lag = new EventLoopLag()
  const target = { job: 'course-app', instance: '127.0.0.1:8080' }
  const metrics: MetricReader = {
    some: async () => [],
    all: async () => {
      count++
      const families = ['http_server_request_count_total', 'http_server_request_duration_seconds'].map(familyOf)
      const byName = new Map(families.map((family) => [family.name, family]))
      return { time: Date.now() + count * 1000, duration: 0.001, lag: lag.read(), families: byName }
    },
  }
  const buffer: TelemetryBuffer = { log: new LineRing(LINE_BYTES), pending, metrics }
  const collector = new Collector({
    service,
    buffer,
    rules: [],
    sources: [],
    report: t.error,
    warn: (message) => t.comment(message),
  })
  collect()
  const before = used()
  for (let second = 0; second < LIMITS.samples + 10; second++) await collector.everySecond(target)
  for (let i = 0; i < 30; i++) {
    buffer.log.add(Buffer.from(`${JSON.stringify({ message: 'm'.repeat(MB) })}\n`.repeat(2)))
    buffer.log.add(Buffer.from('{"message":"a line of the usual length, more or less"}\n'.repeat(20_000)))
    for (let j = 0; j < 300; j++) {
      const attributes = { 'url.path': `${i}.${j}`.padEnd(20_000, '✓'), 'course_app.request_id': `lab-${i}-${j}` }
      pending.add(span({ attributes }), 20_000)
    }
    await collector.collect()
  }
  const matchers = parseStreamSelector('{service=~".+"}')
  t.ok(collector.lines.select(matchers).length > 0, 'the lines have been parsed for a query')
  const kept = collector.scrape?.select([]) ?? []
  t.equal(kept.length, MOST_SERIES + OWN_SERIES, 'as many series as are kept')
  t.ok(kept.length > 0 && (kept[0]?.times.length ?? 0) <= LIMITS.samples + 1, 'for 15 minutes')
  collect()
  const grown = used() - before
  t.comment(`${Math.round(grown / MB)} MB`)
  t.ok(grown < 60 * MB, `${Math.round(grown / MB)} MB`)
  t.equal(collector.history?.since(0).samples.length, LIMITS.samples)
  t.ok(collector.traces.size > 0 && collector.log.read(0, 2000).lines.length > 0)
  collector.close()
})

function used(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Forces garbage collection, so that only live objects count. */
function collect(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}
