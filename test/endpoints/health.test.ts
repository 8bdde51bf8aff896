import t from 'tap'
import { health } from '../../src/endpoints/health.ts'
import { httpClient } from '../../testkit/http.ts'
import { localServer } from '../platform/local-server.ts'

t.test('health', async (t) => {
  const broken = new Set<string>()
  const hanging = new Set<string>()
  const part = (name: string) => ({
    name,
    check: async () => {
      if (hanging.has(name)) await new Promise(() => {})
      if (broken.has(name)) throw new Error('password authentication failed for user "app"')
    },
  })
  const { url } = await localServer(t, (app) =>
    app.register(health, { dependencies: [part('database'), part('cache')] }),
  )
  const { getJson } = httpClient(t)

  t.test('ready when every component answers', async (t) => {
    t.match(await getJson(`${url}/readyz`), {
      status: 200,
      body: { status: 'ready', checks: { database: 'ok', cache: 'ok' } },
    })
  })

  t.test('names the failing component without the reason; ready again after its recovery', async (t) => {
    broken.add('database')
    const { status, body, text } = await getJson(`${url}/readyz`)
    t.equal(status, 503)
    t.strictSame(body, { status: 'not ready', checks: { database: 'failed', cache: 'ok' } })
    t.notMatch(text, /password/)
    broken.add('cache')
    t.match((await getJson(`${url}/readyz`)).body, { checks: { database: 'failed', cache: 'failed' } })
    broken.clear()
    t.equal((await getJson(`${url}/readyz`)).status, 200)
  })

  t.test('a hanging component counts as failing', async (t) => {
    hanging.add('cache')
    t.match(await getJson(`${url}/readyz`), { status: 503, body: { checks: { database: 'ok', cache: 'failed' } } })
    hanging.clear()
  })

  t.test('alive whatever the state of its components', async (t) => {
    broken.add('database')
    t.match(await getJson(`${url}/livez`), { status: 200, body: { status: 'alive' } })
  })
})
