import {
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { Test } from 'tap'
import type { ReceivedSpan } from './received-span.ts'
import { rootOf, shapeOf, spanNamed } from './span-tree.ts'

/** The remote parent of the example trace. */
export const remoteParent = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
  traceState: createTraceState('vendor=value'),
}

/**
 * Sends three spans of one trace through a real exporter, by the real SDK:
 * a server span below `remoteParent`, a client span below that with an event, and a failed step below that.
 */
export async function sendExampleTrace(exporter: SpanExporter): Promise<void> {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'example', 'service.version': '1.2.3' }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  const tracer = provider.getTracer('example-scope', '4.5.6')
  const server = below(tracer, trace.setSpanContext(ROOT_CONTEXT, remoteParent), 'GET /ünïcode', SpanKind.SERVER)
  server.setAttributes({ text: 'grüezi', whole: 42, fraction: 1.5, yes: true, list: ['a', 'b'] })
  const client = below(tracer, trace.setSpan(ROOT_CONTEXT, server), 'SELECT courses', SpanKind.CLIENT)
  client.addEvent('booking.created', { price: 4900 }, new Date(1_700_000_000_123))
  client.setStatus({ code: SpanStatusCode.OK })
  const step = below(tracer, trace.setSpan(ROOT_CONTEXT, client), 'step', SpanKind.INTERNAL)
  step.addLink({ context: remoteParent })
  step.setStatus({ code: SpanStatusCode.ERROR, message: 'it broke' })
  for (const span of [step, client, server]) span.end()
  await provider.shutdown()
}

/** Checks the three received spans for everything that all protocols carry. */
export function isExampleTrace(t: Test, spans: readonly ReceivedSpan[]): void {
  const server = rootOf(spans)
  t.strictSame(shapeOf(server, spans), ['GET /ünïcode', ['SELECT courses', 'step']])
  t.equal(server.parentSpanId, remoteParent.spanId)
  t.equal(server.service, 'example')
  t.equal(server.kind, 'server')
  t.strictSame(server.scope, { name: 'example-scope', version: '4.5.6' })
  t.strictSame(server.status, { code: 'unset', message: '' })
  t.ok(Math.abs(server.startMs - Date.now()) < 60_000, `started at ${server.startMs}`)
  t.ok(server.durationMs >= 0 && server.durationMs < 60_000, `took ${server.durationMs}`)

  const client = spanNamed('SELECT courses', spans)
  t.strictSame(client.events, [{ name: 'booking.created', timeMs: 1_700_000_000_123, attributes: { price: 4900 } }])
  t.strictSame(client.status, { code: 'ok', message: '' })

  const step = spanNamed('step', spans)
  t.strictSame(step.status, { code: 'error', message: 'it broke' })
  t.strictSame(step.links, [{ traceId: remoteParent.traceId, spanId: remoteParent.spanId, attributes: {} }])
}

function below(tracer: Tracer, parent: typeof ROOT_CONTEXT, name: string, kind: SpanKind): Span {
  return tracer.startSpan(name, { kind }, parent)
}
