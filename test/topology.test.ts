import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Logs } from '../src/lab/wire.ts'
import { startApp } from './support/app-process.ts'
import { httpClient } from './support/http.ts'
import { isRunning } from './support/is-running.ts'
import { waitFor } from './support/wait-for.ts'

const script = fileURLToPath(new URL('../../scripts/topology.mjs', import.meta.url))
const { getJson } = httpClient(t)

t.test('npm run topology', async (t) => {
  const app = await startApp(t, { script, env: { PHASE: '2' }, stopTimeout: 10_000 })
  const gateway = await waitFor('the gateway', () => /gateway \| .*API +(http:\S+)\/swagger/.exec(app.stderr())?.[1])
  await waitFor('the gateway to be ready', async () => (await getJson(`${gateway}/readyz`)).status === 200)
  t.match(await getJson(`${gateway}/propagation`), {
    status: 200,
    body: { hops: [{ service: 'partner' }, { service: 'course' }] },
  })
  await waitFor('its line', () => /^gateway \| \{.*"service":"gateway".*"\/propagation"/m.test(app.stdout()))
  const { headers } = await getJson(`${gateway}/v1/courses`)
  const id = headers['x-request-id']
  await waitFor('the lines of both in the Lab', async () => {
    const { body } = await getJson<Logs>(`${gateway}/lab/api/logs?request_id=${id}`)
    return new Set(body.lines.map(({ fields: { service } }) => service)).size === 2
  })
  t.match((await getJson(`${gateway}/lab/api/state`)).body, { unseen: [], role: 'gateway' })

  const course = /course {2}\| .*Health +(http:\S+)\/readyz/.exec(app.stderr())?.[1]
  t.equal((await getJson(`${course}/readyz`)).status, 200)

  const { code } = await app.stop('SIGINT')
  t.equal(code, 0)
  t.notOk(isRunning(app.pid))
  await t.rejects(getJson(`${gateway}/livez`))
  await t.rejects(getJson(`${course}/livez`))
})
