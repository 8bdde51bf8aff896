import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { external } from '../../src/endpoints/external.ts'
import { loadPhase } from '../../src/load-phase.ts'
import { buildPartner } from '../../src/partner/server.ts'
import { httpClient } from '../../testkit/http.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { bareConfig, localServer } from '../platform/local-server.ts'

interface Completed {
  readonly message: string
  readonly calls: readonly { url: string; status: number; latency_ms: number }[]
  readonly request_id: string
}

async function externalOver(t: Test, api: string, timeoutMs = 10_000): Promise<string> {
  const server = await localServer(t, (app) => app.register(external, { apiUrl: async () => api, timeoutMs }))
  return `${server.url}/external`
}

/** The test's own API in place of the partner. */
async function apiThat(t: Test, answers: RequestListener): Promise<string> {
  const server = createServer(answers).listen(0, '127.0.0.1')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('GET /external with the partner as the API', async (t) => {
  const partner = buildPartner(bareConfig({ OTEL_SERVICE_NAME: 'partner' }), await loadPhase(0))
  t.teardown(() => partner.close())
  const api = await partner.listen({ host: '127.0.0.1', port: 0 })
  const url = await externalOver(t, api)
  const { getJson } = httpClient(t)

  t.test('calls it twice, one after the other', async (t) => {
    const seen: string[] = []
    partner.server.on('request', ({ url: path }, response) => {
      seen.push(`${path} begins`)
      response.on('finish', () => seen.push(`${path} ends`))
    })
    const { status, body } = await getJson<Completed>(url)
    t.equal(status, 200)
    t.equal(body.message, 'external API calls completed')
    t.type(body.request_id, 'string')
    t.strictSame(
      body.calls.map(({ url, status }) => ({ url, status })),
      [
        { url: `${api}/status/200`, status: 200 },
        { url: `${api}/delay/0.05`, status: 200 },
      ],
    )
    for (const { latency_ms } of body.calls) t.ok(latency_ms > 0 && latency_ms < 5000, `${latency_ms} ms`)
    t.ok((body.calls[1]?.latency_ms ?? 0) >= 48, 'the second one takes its time')
    t.strictSame(seen, ['/status/200 begins', '/status/200 ends', '/delay/0.05 begins', '/delay/0.05 ends'])
  })

  t.test('a failing API is a 502', async (t) => {
    const { status, body } = await getJson(`${url}?mode=fail`)
    t.match({ status, body }, { status: 502, body: { title: 'Bad Gateway', detail: /answered with status 500/ } })
  })

  t.test('rejects other modes', async (t) => {
    for (const mode of ['', 'OK', 'ok&mode=fail'])
      t.match(await getJson(`${url}?mode=${mode}`), { status: 400, body: { errors: [{ path: '/mode' }] } }, mode)
  })
})

t.test('GET /external with another API', async (t) => {
  const { getJson } = httpClient(t)

  t.test('a base URL may have a path', async (t) => {
    const api = await apiThat(t, ({ url }, response) => response.end(url))
    const { status, body } = await getJson<Completed>(await externalOver(t, `${api}/base`))
    t.equal(status, 200)
    t.strictSame(
      body.calls.map(({ url }) => url),
      [`${api}/base/status/200`, `${api}/base/delay/0.05`],
    )
  })

  t.test('an API that hangs is a 504 after EXTERNAL_TIMEOUT_MS', async (t) => {
    const asked: (string | undefined)[] = []
    const api = await apiThat(t, ({ url }, response) => {
      asked.push(url)
      if (url === '/status/200') response.end()
    })
    const url = await externalOver(t, api, 300)
    // On a busy machine even the first call may time out.
    await waitFor('the second call', async () => {
      asked.length = 0
      const start = performance.now()
      const { status, body } = await getJson(`${url}?mode=timeout`)
      const ms = performance.now() - start
      t.match({ status, body }, { status: 504, body: { title: 'Gateway Timeout', detail: /within 300 ms/ } })
      t.ok(ms >= 295 && ms < 5000, `${ms} ms`)
      return asked.length > 1
    })
    t.strictSame(asked, ['/status/200', '/delay/10'])
  })

  t.test('an API that is down is a 502 without the reason', async (t) => {
    const api = await apiThat(t, () => {})
    const gone = api.replace(/\d+$/, '1')
    const { status, body, text } = await getJson(await externalOver(t, gone))
    t.match({ status, body }, { status: 502, body: { detail: 'The external API cannot be reached.' } })
    t.notMatch(text, /ECONNREFUSED|fetch failed|127\.0\.0\.1/)
  })

  t.test('an API that breaks off in the middle of its answer is a 502', async (t) => {
    const api = await apiThat(t, (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => response.destroy())
    })
    t.match(await getJson(await externalOver(t, api)), { status: 502, body: { status: 502 } })
  })

  t.test('an API that stops in the middle of its answer is a 504', async (t) => {
    const api = await apiThat(t, (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
    })
    t.match(await getJson(await externalOver(t, api, 150)), { status: 504, body: { status: 504 } })
  })
})
