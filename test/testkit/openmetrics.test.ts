import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  Registry,
  Summary,
} from 'prom-client'
import t from 'tap'
import { type Fault, findsFaults, goodMetrics } from '../../testkit/example-metrics.ts'
import { formatOf, parseMetrics } from '../../testkit/openmetrics.ts'

const awkward = 'back\\slash "quote"\nline, {brace}='

t.test('parses prom-client’s output', async (t) => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counter = new Counter({ name: 'jobs_total', help: awkward, labelNames: ['kind'], registers: [registry] })
  counter.inc({ kind: awkward }, 3)
  new Gauge({ name: 'heat', help: 'h', registers: [registry] }).set(-1.5e-7)
  new Summary({ name: 'size_bytes', help: 's', registers: [registry] }).observe(7)
  const histogram = new Histogram({
    name: 'wait_seconds',
    help: 'w',
    labelNames: ['a'],
    buckets: [0.1, 1],
    registers: [registry],
  })
  for (const value of [0.05, 0.5, 5]) histogram.observe({ a: 'x' }, value)

  const metrics = parseMetrics(await registry.metrics(), formatOf(registry.contentType))
  t.equal(metrics.value('jobs_total', { kind: awkward }), 3)
  t.equal(metrics.families.get('jobs_total')?.help, awkward)
  t.equal(metrics.value('heat'), -1.5e-7)
  t.equal(metrics.value('size_bytes', { quantile: '0.5' }), 7)
  t.equal(metrics.value('wait_seconds_bucket', { a: 'x', le: '1' }), 2)
  t.equal(metrics.value('wait_seconds_count'), 3)
  t.equal(metrics.value('wait_seconds_count', { a: 'y' }), undefined)
  t.throws(() => metrics.value('wait_seconds_bucket'), { message: '3 samples fit wait_seconds_bucket{}' })
  t.equal(metrics.total('wait_seconds_bucket'), 6)
  t.ok(metrics.value('nodejs_version_info'))
})

t.test('parses prom-client’s OpenMetrics output with exemplars', async (t) => {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  collectDefaultMetrics({ register: registry })
  const options = {
    help: 'h',
    labelNames: ['a', 'trace_id', 'span_id'] as const,
    registers: [registry],
    enableExemplars: true,
  }
  const exemplarLabels = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' }
  new Counter({ name: 'jobs_total', ...options }).inc({ labels: { a: 'x' }, value: 1, exemplarLabels })
  const histogram = new Histogram({ name: 'wait_seconds', buckets: [0.1, 1], ...options })
  histogram.observe({ labels: { a: 'x' }, value: 0.5, exemplarLabels })

  const metrics = parseMetrics(await registry.metrics(), formatOf(registry.contentType))
  t.equal(metrics.families.get('jobs')?.type, 'counter')
  t.match(metrics.samples('jobs_total'), [{ value: 1, exemplar: { labels: exemplarLabels, value: 1 } }])
  const [bucket] = metrics.samples('wait_seconds_bucket', { le: '1' })
  t.match(bucket, { value: 1, exemplar: { labels: exemplarLabels, value: 0.5 } })
  t.ok(Math.abs((bucket?.exemplar?.timestamp ?? 0) - Date.now() / 1000) < 60)
})

t.test('parses the OpenTelemetry exporter’s output', async (t) => {
  class Reader extends MetricReader {
    protected override async onForceFlush(): Promise<void> {}
    protected override async onShutdown(): Promise<void> {}
  }
  const reader = new Reader()
  const meter = new MeterProvider({ readers: [reader] }).getMeter('scope')
  meter.createCounter('jobs', { unit: 's', description: 'Jobs.' }).add(2, { a: awkward })
  meter.createHistogram('wait').record(3)
  const { resourceMetrics } = await reader.collect()
  const metrics = parseMetrics(new PrometheusSerializer().serialize(resourceMetrics), 'prometheus')
  t.equal(metrics.value('jobs_total', { a: awkward }), 2)
  t.equal(metrics.value('wait_count'), 1)
  t.equal(metrics.families.get('target_info')?.type, 'gauge')
})

t.test('accepts everything that the formats allow', async (t) => {
  const prometheus = parseMetrics(goodMetrics.prometheus, 'prometheus')
  t.match(prometheus.samples('c', { a: 'x' }), [{ labels: { b: '\\ " \n' }, value: 1, timestamp: 1395066363 }])
  t.match(prometheus.families.get('c'), { help: 'Help with \\ and \n.', type: 'counter' })
  t.equal(prometheus.value('c', { a: 'y' }), 1000)
  t.ok(Number.isNaN(prometheus.value('untyped_thing')))
  const [counter] = parseMetrics(goodMetrics.openmetrics, 'openmetrics').samples('c_seconds_total')
  t.match(counter, { timestamp: 1.5, exemplar: { labels: { trace_id: 'ab' }, value: 0.25, timestamp: 1520879607.789 } })
})

const long = 'x'.repeat(128)
const faults: readonly Fault[] = [
  ['prometheus', ['h_count 2\n', 'h_count 2'], /no newline/],
  ['prometheus', ['c counter', 'c count'], /line 4: an unknown type: # TYPE c count/],
  ['prometheus', ['# TYPE c counter', '# TYPE c'], /an unknown type/],
  ['prometheus', ['# TYPE c counter', '#  TYPE c counter'], /malformed HELP or TYPE/],
  ['prometheus', ['# TYPE c counter', '# TYPE c counter\n# TYPE c gauge'], /a second TYPE/],
  ['prometheus', ['# TYPE c counter', '# HELP c again'], /a second HELP/],
  ['prometheus', ['h_count 2\n', 'h_count 2\nc{a="z"} 1\n'], /must stand together/],
  ['prometheus', ['1e3', '1e3\n# HELP c late'], /HELP after the samples/],
  ['openmetrics', ['# TYPE s summary', '# TYPE s\ts summary'], /neither HELP, TYPE nor UNIT|malformed metric name/],
  ['prometheus', ['1e3', '1,5'], /line 6: 1,5 is not a number/],
  ['prometheus', ['1e3', '1e3 12 13'], /something after the sample/],
  ['prometheus', ['1e3', '1e3 # {} 1'], /something after the sample/],
  ['prometheus', ['b="\\\\ ', 'b="\\t '], /the escape \\t is unknown/],
  ['prometheus', ['b="', 'a="'], /label a comes twice/],
  ['prometheus', ['a="x",', 'a="x" '], /a comma is missing/],
  ['prometheus', ['{a="x"', '{1a="x"'], /a label name is missing/],
  ['prometheus', ['a="x"', 'a=x'], /a quoted label value is missing/],
  ['prometheus', ['untyped_thing', 'untyped-thing'], /a space is missing/],
  ['prometheus', ['untyped_thing NaN', 'untyped_thing'], /a space is missing/],
  ['openmetrics', ['# EOF\n', ''], /not "# EOF"/],
  ['openmetrics', ['# EOF\n', '# EOF\nlate 1\n'], /not "# EOF"/],
  ['openmetrics', ['# TYPE h', '# EOF\n# TYPE h'], /neither HELP, TYPE nor UNIT/],
  ['openmetrics', ['# TYPE h', '\n# TYPE h'], /an empty line/],
  ['openmetrics', ['# TYPE h', '# a comment\n# TYPE h'], /neither HELP, TYPE nor UNIT/],
  ['openmetrics', ['# UNIT c_seconds seconds', '# UNIT c_seconds bytes'], /does not end in its unit/],
  ['openmetrics', ['{a="x"} 1 1.5', '{a="x",} 1 1.5'], /a comma after the last label/],
  ['openmetrics', ['{trace_id="ab"}', `{trace_id="${long}"}`], /over 128 characters/],
  ['openmetrics', ['# {} 0.25', '# {}'], /exemplar's value is missing/],
  ['openmetrics', ['# {} 0.25', '# 0.25'], /an exemplar is missing/],
  ['openmetrics', ['h_sum 3.5', 'h_sum  3.5'], /a value is missing/],
]

findsFaults(t, faults)

t.test('knows the content types', async (t) => {
  t.equal(formatOf('text/plain; version=0.0.4; charset=utf-8'), 'prometheus')
  t.equal(formatOf('application/openmetrics-text; version=1.0.0; charset=utf-8'), 'openmetrics')
  for (const other of [undefined, 'text/plain', 'application/json'])
    t.throws(() => formatOf(other), /not a content type/)
})
