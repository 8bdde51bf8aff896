import t from 'tap'
import { partnerScript, startApp } from '../../testkit/app-process.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'

const forwarded = {
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'shop.example:8443',
}

for (const [TRUST_PROXY, headers, expected] of [
  [
    '10.0.0.0/8, loopback',
    forwarded,
    { 'client.address': '203.0.113.7', 'url.scheme': 'https', 'server.address': 'shop.example' },
  ],
  ['10.0.0.0/8', forwarded, { 'client.address': '127.0.0.1', 'url.scheme': 'http', 'server.address': '127.0.0.1' }],
  [undefined, forwarded, { 'client.address': '127.0.0.1', 'url.scheme': 'http', 'server.address': '127.0.0.1' }],
  [
    '127.0.0.1',
    { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' },
    { 'client.address': '203.0.113.7' }, // the proxy added the last address; the client may have forged the first
  ],
  [
    '127.0.0.1',
    { 'x-forwarded-for': '<script>', 'x-forwarded-proto': 'gopher', 'x-forwarded-host': 'a b' },
    { 'client.address': '127.0.0.1', 'url.scheme': 'http' },
  ],
] as const) {
  t.test(`TRUST_PROXY=${TRUST_PROXY} and ${JSON.stringify(headers)}`, async (t) => {
    const collector = await startOtlpReceiver(t)
    const app = await startApp(t, {
      script: partnerScript,
      env: { TRUST_PROXY, OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '20' },
    })
    await fetch(`${app.url}/hop`, { headers })
    const [span] = await collector.waitForSpans('GET /hop')
    t.match(span?.attributes, { ...expected, 'network.peer.address': '127.0.0.1' })
  })
}
