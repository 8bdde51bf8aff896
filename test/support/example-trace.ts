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

function below(tracer: Tracer, parent: typeof ROOT_CONTEXT, name: string, kind: SpanKind): Span {
  return tracer.startSpan(name, { kind }, parent)
}
