import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Logs } from '../lab/wire.ts'
import { exampleIds } from '../src/course/seed-data.ts'
import { startApp } from '../testkit/app-process.ts'
import { httpClient } from '../testkit/http.ts'
import { isRunning } from '../testkit/is-running.ts'
import { startOtlpReceiver } from '../testkit/otlp-receiver.ts'
import { rootOf, shapeOf } from '../testkit/span-tree.ts'
import { waitFor } from '../testkit/wait-for.ts'

const script = fileURLToPath(new URL('../../scripts/topology.mjs', import.meta.url))
const { getJson } = httpClient(t)

t.test('npm run topology', async (t) => {
  const collector = await startOtlpReceiver(t)
  const env = { PHASE: '5', OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '50' }
  const app = await startApp(t, { script, env, stopTimeout: 10_000 })
  const gateway = await waitFor('the gateway', () => /gateway \| .*API +(http:\S+)\/swagger/.exec(app.stderr())?.[1])
  await waitFor('the gateway to be ready', async () => (await getJson(`${gateway}/readyz`)).status === 200)

  await t.test('its processes have distinct service names', async (t) => {
    t.match(await getJson(`${gateway}/propagation`), {
      status: 200,
      body: { hops: [{ service: 'partner' }, { service: 'course' }] },
    })
    await waitFor('its line', () => /^gateway \| \{.*"service":"gateway".*"\/propagation"/m.test(app.stdout()))
    const course = /course {2}\| .*Health +(http:\S+)\/readyz/.exec(app.stderr())?.[1]
    t.equal((await getJson(`${course}/readyz`)).status, 200)
  })

  await t.test('a booking is one trace, from the gateway through the course service to its statements', async (t) => {
    const traceId = crypto.randomUUID().replaceAll('-', '')
    const answer = await fetch(`${gateway}/v1/bookings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      body: JSON.stringify({ course_id: exampleIds.course, user_id: 'user-7' }),
    })
    t.equal(answer.status, 201)
    await answer.arrayBuffer()

    const trace = await collector.waitForTrace(traceId, { spans: 8 })
    const root = rootOf(trace)
    t.equal(root.parentSpanId, '00f067aa0ba902b7')
    const call = 'course.v1.BookingService/CreateBooking'
    t.strictSame(shapeOf(root, trace), [
      'POST /v1/bookings',
      [call, [call, 'BEGIN', 'SELECT courses', 'SELECT batches', 'INSERT bookings', 'COMMIT']],
    ])
    t.strictSame(trace.map(({ service, kind }) => `${service} ${kind}`).sort(), [
      ...Array(5).fill('course client'),
      'course server',
      'gateway client',
      'gateway server',
    ])
  })

  await t.test('the Lab of the gateway shows the course service too', async (t) => {
    const { headers } = await getJson(`${gateway}/v1/courses`)
    const id = headers['x-request-id']
    await waitFor('the lines of both in the Lab', async () => {
      const { body } = await getJson<Logs>(`${gateway}/lab/api/logs?request_id=${id}`)
      return new Set(body.lines.map(({ fields: { service } }) => service)).size === 2
    })
    t.match((await getJson(`${gateway}/lab/api/state`)).body, { unseen: [], role: 'gateway' })
  })

  const { code } = await app.stop('SIGINT')
  t.equal(code, 0)
  t.notOk(isRunning(app.pid))
  await t.rejects(getJson(`${gateway}/livez`))
})
