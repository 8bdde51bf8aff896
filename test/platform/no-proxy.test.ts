import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { bypassProxyOnLoopback } from '../../src/platform/no-proxy.ts'
import { partnerScript, startApp } from '../../testkit/app-process.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'

/** A proxy that rejects everything. */
async function startProxy(t: Test): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', (bytes) => {
      requests.push(bytes.toString().split('\r\n', 1)[0] as string)
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  const { port } = server.address() as { port: number }
  return { url: `http://127.0.0.1:${port}`, requests }
}

t.test('loopback addresses bypass the environment’s proxy', async (t) => {
  const proxy = await startProxy(t)
  const collector = await startOtlpReceiver(t)
  // Node.js supports NODE_USE_ENV_PROXY since version 24.
  const env = { http_proxy: proxy.url, HTTP_PROXY: proxy.url, NODE_USE_ENV_PROXY: '1' }
  const app = await startApp(t, {
    env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '20' },
  })
  t.equal((await fetch(`${app.url}/propagation`)).status, 200)
  await collector.waitForSpans('GET /propagation')
  await collector.waitForSpans('GET /hop') // the partner's span
  t.strictSame(proxy.requests, [])
})

t.test('one warning names the proxy that blocks the collector, and nothing is on stderr', async (t) => {
  const proxy = await startProxy(t)
  const app = await startApp(t, {
    script: partnerScript,
    env: {
      http_proxy: proxy.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.invalid:4317',
      OTEL_BSP_SCHEDULE_DELAY: '20',
    },
  })
  await fetch(`${app.url}/hop`)
  const line = await app.waitForLogLine('the outage', ({ message }) => /^traces cannot be sent/.test(String(message)))
  t.match(String(line.reason), `the proxy ${new URL(proxy.url).host} does not lead there`)
  t.match(proxy.requests[0], 'CONNECT collector.invalid:4317')
  await app.stop()
  t.match(app.stderr(), /^\s*Partner service at \S+\s*$/, 'nothing else')
})

t.test('names that the operator excluded stay excluded', async (t) => {
  const loopback = 'localhost,127.0.0.1,::1,[::1]'
  for (const [given, expected] of [
    [{}, { no_proxy: loopback, no_grpc_proxy: loopback }],
    [{ NO_PROXY: 'a, b' }, { no_proxy: `a,b,${loopback}`, no_grpc_proxy: `a,b,${loopback}` }],
    [
      { no_proxy: 'a', no_grpc_proxy: 'b' },
      { no_proxy: `a,${loopback}`, no_grpc_proxy: `b,${loopback}` },
    ],
    [{ no_proxy: '*' }, { no_proxy: '*', no_grpc_proxy: `*,${loopback}` }],
  ] as const) {
    const env: NodeJS.ProcessEnv = { ...given }
    bypassProxyOnLoopback(env)
    t.match(env, expected)
    const once = { ...env }
    bypassProxyOnLoopback(env)
    t.strictSame(env, once, 'a child process adds nothing')
  }
})
