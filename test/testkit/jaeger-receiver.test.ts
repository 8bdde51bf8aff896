import { JaegerExporter } from '@opentelemetry/exporter-jaeger'
import t from 'tap'
import { isExampleTrace, remoteParent, sendExampleTrace } from '../../testkit/example-trace.ts'
import { decodeBatch, startJaegerReceiver } from '../../testkit/jaeger-receiver.ts'
import { rootOf } from '../../testkit/span-tree.ts'
import { waitFor } from '../../testkit/wait-for.ts'

t.test('receives what the real exporter sends', async (t) => {
  const receiver = await startJaegerReceiver(t)
  await sendExampleTrace(exporterTo(receiver.endpoint))
  const spans = await receiver.waitForTrace(remoteParent.traceId, { spans: 3 })

  isExampleTrace(t, spans)
  const server = rootOf(spans)
  t.match(server.attributes, { text: 'grüezi', whole: 42, fraction: 1.5, yes: true, 'service.version': '1.2.3' })
  t.equal(receiver.requests, 1)
})

t.test('discards rejected spans', async (t) => {
  const receiver = await startJaegerReceiver(t)
  receiver.respondWith(503)
  await t.rejects(sendExampleTrace(exporterTo(receiver.endpoint)), /responded with HTTP 503/)
  t.ok(receiver.requests > 0)
  t.equal(receiver.received.all.length, 0)
  await t.rejects(receiver.waitForSpans(1, { timeout: 50 }), /waited 50 ms for 1 spans; last seen: no span at all/)
})

t.test('hangs when told to, and can be stopped then', async (t) => {
  const receiver = await startJaegerReceiver(t)
  receiver.hang()
  const failed = t.rejects(sendExampleTrace(exporterTo(receiver.endpoint)), /error sending spans over HTTP/)
  await waitFor('the request', () => receiver.requests > 0)
  await receiver.stop()
  await failed
  t.equal(receiver.received.all.length, 0)
})

t.test('restarts on the same port', async (t) => {
  const first = await startJaegerReceiver(t)
  await first.stop()
  const second = await startJaegerReceiver(t, { port: first.port })
  t.equal(second.endpoint, first.endpoint)
})

t.test('rejects and reports malformed batches', async (t) => {
  const teardowns: (() => unknown)[] = []
  const receiver = await startJaegerReceiver({ teardown: (handler) => void teardowns.push(handler) })
  const post = (contentType: string, body: Uint8Array) =>
    fetch(receiver.endpoint, { method: 'POST', headers: { 'content-type': contentType }, body })
  t.equal((await post('application/json', Buffer.from('{}'))).status, 400)
  t.equal((await post('application/x-thrift', Buffer.from('rubbish'))).status, 400)
  await t.rejects(async () => teardowns[0]?.(), /content type application\/json.*unknown Thrift type 114/)
})

t.test('reads Thrift strictly', async (t) => {
  t.throws(() => decodeBatch(Buffer.of(0)), /Batch.process is missing/)
  t.throws(() => decodeBatch(Buffer.of(0, 0)), /1 bytes after the end/)
  t.throws(() => decodeBatch(Buffer.of(12, 0, 1)), { name: 'RangeError' })
  t.throws(() => decodeBatch(Buffer.of(11, 0, 1, 0x7f, 0, 0, 0, 0)), /a size of 2130706432 with 1 bytes left/)
})

/** Its shutdown leaves a timer of `flushTimeout` running, which keeps the process alive. */
function exporterTo(endpoint: string): JaegerExporter {
  return new JaegerExporter({ endpoint, flushTimeout: 500 })
}
