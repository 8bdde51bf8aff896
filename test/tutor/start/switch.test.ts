import t from 'tap'
import { exampleIds } from '../../../src/course/seed-data.ts'
import { httpClient } from '../../../testkit/http.ts'
import { isRunning } from '../../../testkit/is-running.ts'
import { appOf, askFor, restarted, startParent, stateOf, switchTo } from './start-process.ts'

t.test('the server restarts in any phase, on the same ports and with the same data', async (t) => {
  const app = await startParent(t, { env: { DATABASE_URL: undefined }, args: ['--phase', '0'] })
  const { getJson, postJson } = httpClient(t)
  const booking = { course_id: exampleIds.course, user_id: 'ada' }
  const { status, headers } = await postJson(`${app.url}/v1/bookings`, booking)
  t.equal(status, 201)

  for (const phase of [5, 1, 4, 0, 3, 2]) {
    const before = await appOf(app)
    await switchTo(app, phase)
    t.notOk(isRunning(before), `phase ${phase} runs alone`)
    t.equal((await getJson(app.url + String(headers.location))).status, 200, `the booking is there in phase ${phase}`)
    t.equal((await fetch(`${app.url}/metrics`)).status, phase >= 3 ? 200 : 404)
    t.ok(app.stderr().split(`  gRPC    ${app.grpc}\n`).length > 2, 'gRPC has the same port')
  }
})

t.test('requests in flight are answered before the server restarts', async (t) => {
  const app = await startParent(t, { args: ['--phase', '2'] })
  const { instance } = await stateOf(app.url)
  const slow = fetch(`${app.url}/slow?ms=2000`)
  const events = await fetch(`${app.url}/lab/api/events`)
  await app.waitForLogLine(
    'the slow request to begin',
    ({ message, path }) => path === '/slow' || message !== undefined,
  )
  t.equal((await askFor(app, 3)).status, 202)
  t.match(await events.text(), /event: state/, 'the stream of the page ends')
  t.equal((await slow).status, 200)
  t.equal((await restarted(app, instance)).phase.number, 3)
})

t.test('a phase that does not start comes back to the one before, with the reason', async (t) => {
  const app = await startParent(t, { args: ['--phase', '1'], env: { OTEL_BSP_MAX_QUEUE_SIZE: 'abc' } })
  const { getJson } = httpClient(t)
  const { instance } = await stateOf(app.url)
  const reason = /^OTEL_BSP_MAX_QUEUE_SIZE: "abc" does not work\. Set /
  t.equal((await askFor(app, 5)).status, 202)
  t.equal((await restarted(app, instance)).phase.number, 1)
  const { body } = await getJson(`${app.url}/lab/api/learn/phase`)
  t.match(body, { phase: 1, failed: { phase: 5, reason } })
  t.match(app.stderr(), /^OTEL_BSP_MAX_QUEUE_SIZE: .*\nPhase 5 did not start\. Going back to phase 1\.\n/m)

  await switchTo(app, 3)
  t.same((await getJson(`${app.url}/lab/api/learn/phase`)).body, { phase: 3, failed: null }, 'and goes on from there')
})

t.test('only the page itself can restart the server', async (t) => {
  const app = await startParent(t, { args: ['--phase', '0'] })
  const { instance } = await stateOf(app.url)
  t.equal((await askFor(app, 3, {})).status, 403, 'without an origin')
  t.equal((await askFor(app, 3, { origin: 'http://elsewhere.example' })).status, 403)
  for (const phase of [6, -1, 1.5, 'next', null, undefined]) t.equal((await askFor(app, phase)).status, 400, `${phase}`)
  t.equal((await stateOf(app.url)).instance, instance, 'it still runs')
})
