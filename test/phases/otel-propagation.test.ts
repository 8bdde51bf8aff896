import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { quickStart, startApp } from '../../testkit/app-process.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'

/** Request headers; the answer shows which of them the server accepted as context. */
const caller = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', baggage: 'tenant=acme' }

t.test('OTEL_SDK_DISABLED: no spans, no OpenTelemetry metrics, and the caller’s context is propagated', async (t) => {
  const collector = await startOtlpReceiver(t)
  const url = await startEcho(t)
  const app = await startApp(t, {
    env: {
      ...quickStart,
      LOG_LEVEL: 'debug',
      OTEL_SDK_DISABLED: 'TRUE',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      EXTERNAL_API_URL: url,
      PARTNER_URL: url,
    },
  })
  t.equal((await fetch(`${app.url}/slow?ms=0`)).status, 200)
  t.equal((await fetch(`${app.url}/hello`, { headers: caller })).status, 200)
  t.equal((await fetch(`${app.url}/external`, { headers: caller })).status, 200)
  t.match(echoed.at(-1), caller)
  t.equal((await fetch(`${app.url}/metrics`)).status, 200)
  t.equal((await fetch(`${app.url}/metrics/otel`)).status, 404)
  const slow = await app.waitForLogLine('a request', (l) => l.path === '/slow' && l.message === 'request completed')
  t.equal(slow.trace_id, undefined)
  t.equal(slow.span_id, undefined)
  const hello = await app.waitForLogLine('a request', (l) => l.path === '/hello' && l.message === 'request completed')
  t.equal(hello.trace_id, '4bf92f3577b34da6a3ce929d0e0e4736', 'the caller’s trace')
  await app.stop()
  t.equal(collector.requests, 0)
})

t.test('OTEL_PROPAGATORS selects the headers that are read and written', async (t) => {
  const url = await startEcho(t)
  for (const [PHASE, OTEL_PROPAGATORS, expected] of [
    ['5', '', ['baggage', 'traceparent']],
    ['4', '', ['traceparent']],
    ['5', 'tracecontext, tracecontext', ['traceparent']],
    ['4', 'tracecontext,baggage', ['baggage', 'traceparent']],
    ['5', 'baggage', ['baggage']],
    ['5', 'none', []],
  ] as const) {
    const env = {
      ...quickStart,
      PHASE,
      OTEL_PROPAGATORS,
      OTEL_TRACES_EXPORTER: 'none',
      EXTERNAL_API_URL: url,
      PARTNER_URL: url,
    }
    const app = await startApp(t, { env })
    await fetch(`${app.url}/external`, { headers: caller })
    const sent = Object.keys(caller).filter((name) => echoed.at(-1)?.[name] !== undefined)
    t.strictSame(sent.toSorted(), expected, `phase ${PHASE}, "${OTEL_PROPAGATORS}"`)
    await app.stop()
  }
})

const echoed: Record<string, unknown>[] = []

/** An API that records request headers. */
async function startEcho(t: Pick<Test, 'teardown'>): Promise<string> {
  const server = createServer((request, response) => {
    echoed.push(request.headers)
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
