import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { exampleIds } from '../../src/course/seed-data.ts'
import { startApp } from '../../testkit/app-process.ts'
import { httpClient } from '../../testkit/http.ts'

t.test('a stored answer survives a restart', async (t) => {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'course-app-'))
  t.teardown(() => rm(DATA_DIR, { recursive: true, force: true }))
  const http = httpClient(t)
  const start = () => startApp(t, { env: { DATABASE_URL: undefined, DATA_DIR, PHASE: '0' } })
  const ask = (url: string) =>
    Promise.all([
      http.postJson(`${url}/v1/bookings`, { course_id: exampleIds.course, user_id: 'ada' }, { 'idempotency-key': 'a' }),
      http.sendJson(`${url}/v1/bookings/${exampleIds.createdBooking}:reserve`, {
        method: 'POST',
        headers: { 'idempotency-key': 'b' },
      }),
      http.sendJson(`${url}/v1/bookings/${exampleIds.completedBooking}:expire`, {
        method: 'POST',
        headers: { 'idempotency-key': 'c' },
      }),
    ])

  const first = await start()
  const before = await ask(first.url)
  await first.stop('SIGKILL')
  const second = await start()
  const after = await ask(second.url)
  t.same(
    after.map(({ status }) => status),
    [201, 200, 409],
  )
  after.forEach(({ status, headers, body }, i) => {
    const { request_id: _, ...expected } = before[i]?.body ?? {}
    const { request_id: __, ...given } = body
    t.same({ status, body: given }, { status: before[i]?.status, body: expected })
    t.equal(headers['idempotency-replayed'], 'true')
  })
})
