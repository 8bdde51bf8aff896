import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { quickStart, startApp } from '../../testkit/app-process.ts'
import { reflectedClient } from '../../testkit/grpc-client.ts'
import { startJaegerReceiver } from '../../testkit/jaeger-receiver.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { rootOf } from '../../testkit/span-tree.ts'
import { CONTINUED, RESTARTED, TRACE_ID, type TraceContextCase } from './trace-context-cases.ts'

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
const GET_HOP = 'course.v1.HopService/GetHop'

/** A partner that records the raw headers of the last request. */
async function startPartner(t: Test) {
  let last: IncomingMessage | undefined
  const server = createServer((request, response) => {
    last = request
    const hop = { service: 'partner', protocol: 'http', traceparent: null, baggage: null }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(hop))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, received: (name: string) => last?.headersDistinct[name] ?? [] }
}

/** Sends raw header lines, which `fetch` cannot. */
async function get(url: string, headers: TraceContextCase['headers']): Promise<string> {
  const sent = request(url, { headers: [['host', 'localhost'], ...headers].flat(), agent: false }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return await text(response)
}

for (const phase of ['4', '5'] as const) {
  t.test(`phase ${phase} propagates trace context over HTTP`, async (t) => {
    const partner = await startPartner(t)
    const env = { ...quickStart, PHASE: phase, PARTNER_URL: partner.url, MAX_EVENT_LOOP_DELAY_MS: '0' }
    const app = await startApp(t, { env: { ...env, OTEL_BSP_SCHEDULE_DELAY: '60000' } })

    const exchange = async ({ headers }: TraceContextCase) => {
      await get(`${app.url}/external`, headers)
      const [sent = '', ...more] = partner.received('traceparent')
      const [, traceId, parentId, flags] = TRACEPARENT.exec(sent) ?? []
      return { traceId, parentId, flags, states: partner.received('tracestate'), more }
    }
    for (const example of CONTINUED) {
      const { traceId, parentId, flags, states, more } = await exchange(example)
      const expected = {
        traceId: TRACE_ID,
        flags: example.flags,
        states: example.state === undefined ? [] : [example.state],
      }
      t.strictSame({ traceId, flags, states }, expected, example.title)
      t.match(parentId, /^(?!1234567890123456)/, 'the parent is a span of this service')
      t.strictSame(more, [], 'there is one traceparent')
    }
    const ids = new Set<string | undefined>()
    for (const example of RESTARTED) {
      const { traceId, flags, states } = await exchange(example)
      t.strictSame({ flags, states }, { flags: '03', states: [] }, `a new trace: ${example.title}`)
      for (const [, value] of example.headers) t.notMatch(value, traceId)
      ids.add(traceId)
    }
    t.equal(ids.size, RESTARTED.length, 'every new trace has an id of its own')
  })
}

t.test('an unsampled new trace has a random id, too', async (t) => {
  const partner = await startPartner(t)
  const env = { ...quickStart, PARTNER_URL: partner.url, OTEL_TRACES_SAMPLER: 'parentbased_always_off' }
  const app = await startApp(t, { env })
  await get(`${app.url}/external`, [])
  t.match(partner.received('traceparent'), [/-02$/])
})

t.test('trace context over gRPC', async (t) => {
  const partner = await startPartner(t)
  const collector = await startOtlpReceiver(t)
  const app = await startApp(t, {
    env: { PARTNER_URL: partner.url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '5' },
  })
  const client = await reflectedClient(t, app.grpc)
  /** gRPC metadata is ASCII text without surrounding spaces. */
  const fitsGrpc = ({ headers }: TraceContextCase) =>
    headers.every(
      ([name, value]) => name === name.toLowerCase() && value !== '' && /^(?! )[\x20-\x7e]*(?<! )$/.test(value),
    )

  await t.test('incoming calls', async (t) => {
    for (const example of [...CONTINUED, ...RESTARTED].filter(fitsGrpc)) {
      collector.received.clear()
      const metadata: Record<string, string[]> = {}
      for (const [name, value] of example.headers) metadata[name] = [...(metadata[name] ?? []), value]
      t.equal((await client.call(GET_HOP, {}, { metadata })).code, 'OK')
      const isSampled = example.flags === undefined || Number(example.flags) % 2 === 1
      if (!isSampled) continue
      const [span] = await collector.waitForSpans(GET_HOP)
      const seen = { flags: (span?.flags ?? 0) % 256, traceState: span?.traceState }
      t.strictSame(seen, { flags: Number(example.flags ?? 3), traceState: example.state ?? '' }, example.title)
      t.equal(span?.traceId === TRACE_ID, example.flags !== undefined, example.title)
    }
  })

  await t.test('outgoing calls', async (t) => {
    for (const example of CONTINUED) {
      const { hops } = JSON.parse(await get(`${app.url}/propagation`, example.headers))
      t.match(hops[1], { protocol: 'grpc', traceparent: new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-${example.flags}$`) })
      if (Number(example.flags) % 2 === 0) continue
      const isAnswer = ({ kind, name }: { kind: string; name: string }) => kind === 'server' && name === GET_HOP
      const [span] = await collector.waitForSpans(
        (span) => isAnswer(span) && hops[1].traceparent.includes(span.parentSpanId),
      )
      t.equal(span?.traceState, example.state ?? '', example.title)
    }
  })
})

t.test('Jaeger’s own protocol, where flag 2 means debug, gets only "sampled"', async (t) => {
  const jaeger = await startJaegerReceiver(t)
  const env = {
    ...quickStart,
    PHASE: '4',
    OTEL_EXPORTER_JAEGER_ENDPOINT: jaeger.endpoint,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  }
  const app = await startApp(t, { env })
  await get(`${app.url}/hello`, [])
  t.equal(rootOf(await jaeger.waitForSpans(1)).flags, 1)
})
