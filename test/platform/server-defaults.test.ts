import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { openapi, swaggerPages } from '../../src/platform/openapi.ts'
import { httpClient } from '../../testkit/http.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { localServer } from './local-server.ts'

t.test('headers', async (t) => {
  const { url, app, port } = await localServer(t, (app) => {
    app.register(openapi)
    app.register(swaggerPages)
    app.get('/data', () => ({}))
    app.get('/broken', async () => {
      throw new Error()
    })
  })
  const { send } = httpClient(t)

  t.test('API answers cannot be executed, framed, sniffed or cached', async (t) => {
    for (const path of ['/data', '/broken', '/nope', '/%zz']) {
      const { headers } = await send(url + path)
      t.match(
        headers,
        {
          'cache-control': 'no-store',
          'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
        },
        path,
      )
      t.notOk(headers['x-powered-by'] ?? headers.server, 'nor does it tell what runs here')
    }
  })

  t.test('a page loads only from its own origin and runs no inline script', async (t) => {
    for (const path of ['/swagger', '/swagger/static/swagger-ui.css', '/swagger/static/nope']) {
      const { headers } = await send(url + path)
      const policy = String(headers['content-security-policy'])
      t.match(policy, /default-src 'none'/, path)
      t.match(policy, /script-src 'self'(;|$)/, path)
      t.match(policy, /frame-ancestors 'none'/, path)
      t.notMatch(policy, /unsafe-eval|https?:|\*/, path)
      t.match(headers, { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }, path)
      t.notOk(headers['strict-transport-security'], path)
    }
    const page = await send(`${url}/swagger`)
    t.match(page, { status: 200, headers: { 'content-type': /^text\/html/ } })
    t.notMatch(page.text, /<script(?![^>]* src=)|\son[a-z]+=|https?:\/\//, 'and the page keeps to that')
  })

  t.test('without CORS_ORIGIN other origins are blocked', async (t) => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'GET' }
    for (const method of ['GET', 'OPTIONS']) {
      const response = await send(`${url}/data`, { method, headers })
      const allowed = Object.keys(response.headers).filter((name) => name.startsWith('access-control-'))
      t.strictSame(allowed, [], method)
    }
  })

  t.test('a client has 10 s for its headers and 30 s for its request, then it gets an error', async (t) => {
    t.equal(app.server.headersTimeout, 10_000)
    t.equal(app.server.requestTimeout, 30_000)
    const accepted = once(app.server, 'connection')
    const socket = connect(port, '127.0.0.1').setEncoding('utf8')
    let received = ''
    socket.on('data', (text) => {
      received += text
    })
    const [serverSide] = await accepted
    const late = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }) // as Node reports it
    app.server.emit('clientError', late, serverSide)
    await once(socket, 'close')
    t.match(received, /^HTTP\/1\.1 408 .*\r\n[\s\S]*application\/problem\+json[\s\S]*"status":408/)
  })
})

t.test('only CORS_ORIGIN may read and write', async (t) => {
  const CORS_ORIGIN = 'https://app.example'
  const { url } = await localServer(t, (app) => app.patch('/data', () => ({})), { CORS_ORIGIN })
  const { send } = httpClient(t)
  for (const origin of [CORS_ORIGIN, 'https://evil.example', 'null']) {
    const { headers } = await send(`${url}/data`, { method: 'PATCH', headers: { origin } })
    t.equal(headers['access-control-allow-origin'], CORS_ORIGIN)
    t.notOk(headers['access-control-allow-credentials'])
  }
  const preflight = await send(`${url}/data`, {
    method: 'OPTIONS',
    headers: { origin: CORS_ORIGIN, 'access-control-request-method': 'PATCH' },
  })
  t.equal(preflight.status, 204)
  t.equal(preflight.headers['access-control-allow-origin'], CORS_ORIGIN)
  for (const method of ['GET', 'POST', 'PATCH', 'DELETE'])
    t.match(preflight.headers['access-control-allow-methods'], method)
})

t.test('a server whose event loop lags', async (t) => {
  const { url } = await localServer(
    t,
    (app) => {
      app.get('/busy', () => {
        block(500)
        return {}
      })
      app.get('/data', () => ({}))
      app.get('/livez', () => ({}))
      app.get('/unobserved', { config: { observed: false } }, () => ({}))
      app.addHook('onReady', async () => block(1100)) // longer than the server's averaging period
    },
    { MAX_EVENT_LOOP_DELAY_MS: 50 },
  )
  const { getJson } = httpClient(t)
  t.equal((await getJson(`${url}/data`)).status, 200, 'its start does not count as lag')

  const refused = await waitFor('the server to shed load', async () => {
    await getJson(`${url}/busy`)
    const response = await getJson(`${url}/data`)
    return response.status !== 200 && response
  })
  t.match(refused, {
    status: 503,
    headers: { 'content-type': 'application/problem+json', 'retry-after': /^[1-9]\d*$/ },
    body: { title: 'Service Unavailable', status: 503, detail: /too busy/, instance: '/data' },
  })
  t.equal((await getJson(`${url}/livez`)).status, 200, 'it says that it is alive')
  t.equal((await getJson(`${url}/unobserved`)).status, 200, 'the Lab shows what it is busy with')
  await waitFor('it to recover', async () => (await getJson(`${url}/data`)).status === 200, { interval: 100 })
})

/** Blocks the event loop for `ms` milliseconds. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
