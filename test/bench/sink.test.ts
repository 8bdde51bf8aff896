import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { JaegerExporter } from '@opentelemetry/exporter-jaeger'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node'
import t from 'tap'
import { startSink } from '../../bench/sink-client.ts'

t.test('the sink counts one root span per request', async (t) => {
  const sink = startSink()
  t.teardown(() => sink.stop())

  await export150Traces(new OTLPTraceExporter({ url: await sink.open('over-grpc', 'otlp') }))
  t.match(await sink.received(), { 'over-grpc': { roots: 150, others: 0 } }, 'OTLP over gRPC')

  // Its shutdown leaves a timer of `flushTimeout` running, which keeps the process alive for as long.
  const overHttp = new JaegerExporter({ endpoint: await sink.open('over-http', 'jaeger'), flushTimeout: 500 })
  await export150Traces(overHttp)
  const counts = { 'over-grpc': { roots: 150 }, 'over-http': { roots: 150 } }
  t.match(await sink.received(), counts, 'Jaeger batches over HTTP, counted apart')
})

/** Traces of a root and a child, with attributes, links and events. */
async function export150Traces(exporter: SpanExporter): Promise<void> {
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
  const tracer = provider.getTracer('test')
  for (let count = 0; count < 150; count++) {
    const attributes = { text: 'ä', number: 1.5, whole: 2, yes: true, list: ['a', 'b'] }
    const root = tracer.startSpan('root', { kind: SpanKind.SERVER, attributes })
    tracer.startSpan('child', { links: [{ context: root.spanContext() }] }, trace.setSpan(ROOT_CONTEXT, root)).end()
    root.addEvent('event', { some: 'thing' })
    root.recordException(new Error('exception'))
    root.end()
  }
  await provider.shutdown()
}
