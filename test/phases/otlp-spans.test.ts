import { fileURLToPath } from 'node:url'
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { type Attributes, type Link, ROOT_CONTEXT, SpanStatusCode, type TraceState, trace } from '@opentelemetry/api'
import { TraceState as W3CTraceState } from '@opentelemetry/core'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import fc from 'fast-check'
import t from 'tap'
import { encodeSpans } from '../../phases/5-unified/otlp-spans.ts'

const { Export } = loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto', {
  includeDirs: [fileURLToPath(new URL('../../../testkit/proto/', import.meta.url))],
  longs: String,
  defaults: true,
  oneofs: true,
})['opentelemetry.proto.collector.trace.v1.TraceService'] as ServiceDefinition
const decode = (message: Uint8Array) =>
  (Export as MethodDefinition<object, object>).requestDeserialize(Buffer.from(message))
const reference = (spans: ReadableSpan[]) => ProtobufTraceSerializer.serializeRequest(spans) as Uint8Array

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.string({ minLength: 60, maxLength: 70 }),
)
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -1, 127, 128, 2 ** 31, 2 ** 62, -(2 ** 60)),
)
const value = fc.oneof(text, number, fc.boolean(), fc.array(text), fc.array(number), fc.array(fc.boolean()))
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(fc.string({ minLength: 1 }), value)
const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits })
const context = fc.record({
  traceId: hex(32).filter((id) => /[^0]/.test(id)),
  spanId: hex(16).filter((id) => /[^0]/.test(id)),
  traceFlags: fc.constantFrom(0, 1, 2, 3),
  isRemote: fc.boolean(),
  traceState: fc.constantFrom<TraceState | undefined>(undefined, new W3CTraceState('vendor=1,other=two')),
})
const plan = fc.record({
  scope: fc.record({
    name: fc.constantFrom('http-server', 'course-app'),
    version: fc.constantFrom(undefined, '1.2.3'),
  }),
  name: text,
  kind: fc.integer({ min: 0, max: 4 }),
  parent: fc.option(context),
  startTime: fc.tuple(fc.integer({ min: 0, max: 4_000_000_000 }), fc.integer({ min: 0, max: 999_999_999 })),
  attributes,
  links: fc.array(fc.record({ context, attributes }) as fc.Arbitrary<Link>, { maxLength: 2 }),
  events: fc.array(fc.record({ name: text, attributes }), { maxLength: 3 }),
  status: fc.constantFrom(
    undefined,
    { code: SpanStatusCode.ERROR, message: 'sold out – leider' },
    { code: SpanStatusCode.OK },
  ),
})

t.test("spans arrive as OpenTelemetry's own encoder sends them", async (t) => {
  const ended = new InMemorySpanExporter()
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'course-app', 'host.cpus': 2 }),
    spanProcessors: [new SimpleSpanProcessor(ended)],
    spanLimits: { attributeCountLimit: 4, eventCountLimit: 2, linkCountLimit: 1 },
  })
  t.teardown(() => provider.shutdown())

  fc.assert(
    fc.property(fc.array(plan, { maxLength: 6 }), (plans) => {
      ended.reset()
      for (const { scope, parent, name, events, status, ...options } of plans) {
        const outer = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...parent, traceFlags: 1 })
        const span = provider.getTracer(scope.name, scope.version).startSpan(name, options, outer)
        for (const event of events) span.addEvent(event.name, event.attributes)
        if (status) span.setStatus(status)
        span.end()
      }
      const spans = ended.getFinishedSpans()
      t.equal(spans.length, plans.length)
      t.strictSame(decode(encodeSpans(spans)), decode(reference(spans)))
    }),
    { numRuns: 200 },
  )

  const tracer = provider.getTracer('http-server')
  ended.reset()
  for (let i = 0; i < 3000; i++)
    tracer.startSpan(`GET /v1/courses/${i}`, { attributes: { long: 'x'.repeat(300) } }).end()
  const many = ended.getFinishedSpans()
  t.strictSame(decode(encodeSpans(many)), decode(reference(many)), 'a message of a megabyte')
  t.ok(encodeSpans(many).length > 1024 * 1024)
})
