import { status } from '@grpc/grpc-js'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import t from 'tap'
import { isExampleTrace, remoteParent, sendExampleTrace } from '../../testkit/example-trace.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { rootOf } from '../../testkit/span-tree.ts'
import { waitFor } from '../../testkit/wait-for.ts'

t.test('receives what the real exporter sends', async (t) => {
  const receiver = await startOtlpReceiver(t)
  await sendExampleTrace(new OTLPTraceExporter({ url: receiver.endpoint }))
  const spans = await receiver.waitForTrace(remoteParent.traceId, { spans: 3 })

  isExampleTrace(t, spans)
  const server = rootOf(spans)
  t.equal(server.resource['service.version'], '1.2.3')
  t.equal(server.traceState, 'vendor=value')
  t.equal(server.flags & 1, 1)
  t.strictSame(server.attributes, { text: 'grüezi', whole: 42, fraction: 1.5, yes: true, list: ['a', 'b'] })
  t.strictSame(server.dropped, { attributes: 0, events: 0, links: 0 })
  t.equal(receiver.requests, 1)
})

t.test('discards rejected spans', async (t) => {
  const receiver = await startOtlpReceiver(t)
  receiver.respondWith(status.PERMISSION_DENIED)
  const sending = sendExampleTrace(new OTLPTraceExporter({ url: receiver.endpoint }))
  await t.rejects(sending, { code: status.PERMISSION_DENIED })
  t.ok(receiver.requests > 0)
  t.equal(receiver.received.all.length, 0)
})

t.test('hangs when told to, and can be stopped then', async (t) => {
  const receiver = await startOtlpReceiver(t)
  receiver.hang()
  const sending = sendExampleTrace(new OTLPTraceExporter({ url: receiver.endpoint, timeoutMillis: 2000 }))
  const failed = t.rejects(sending, /CANCELLED|UNAVAILABLE/)
  await waitFor('the call', () => receiver.requests > 0)
  await receiver.stop()
  await failed
  t.equal(receiver.received.all.length, 0)
})

t.test('shows the received trees when the wanted span does not arrive', async (t) => {
  const receiver = await startOtlpReceiver(t)
  await sendExampleTrace(new OTLPTraceExporter({ url: receiver.endpoint }))
  const failure = await receiver.waitForSpans('GET /hello', { timeout: 50 }).catch((error: Error) => error.message)
  t.match(
    failure,
    /waited 50 ms for a span 'GET \/hello'; last seen: \ntrace 0af7651916cd43dd8448eb211c80319c below b7ad6b7169203331/,
  )
  t.match(
    failure,
    /\n {2}GET \/ünïcode \[example, server, .* ms, [0-9a-f]{16}\]\n {4}SELECT courses .*\n {6}step .* ERROR it broke/,
  )
})
