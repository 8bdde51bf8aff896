import { createServer, type Server } from 'node:net'
import t, { type Test } from 'tap'
import type { Booking } from '../../../src/course/booking.ts'
import type { Course } from '../../../src/course/course.ts'
import { type AppProcess, startApp } from '../../../testkit/app-process.ts'
import { httpClient } from '../../../testkit/http.ts'
import { waitFor } from '../../../testkit/wait-for.ts'
import { batch } from '../course-app.ts'

const { getJson, postJson, send, sendJson } = httpClient(t)
const absent = '01943ad7-aa80-7001-8000-ffffffffffff'

/** A free port, chosen in advance because the course service must restart on the same one. */
async function freePort(): Promise<number> {
  const server: Server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function startCourse(t: Test, port: number): Promise<AppProcess> {
  return startApp(t, { env: { PHASE: '2', ROLE: 'course', GRPC_PORT: String(port) } })
}

function startGateway(t: Test, addresses: string): Promise<AppProcess> {
  const env = {
    PHASE: '2',
    ROLE: 'gateway',
    COURSE_GRPC_URL: addresses,
    DATABASE_URL: 'postgres://nobody@nowhere/none',
  }
  return startApp(t, { env })
}

async function timed<R>(work: () => Promise<R>): Promise<R & { ms: number }> {
  const began = performance.now()
  return { ...(await work()), ms: performance.now() - began }
}

t.test('a gateway and its course service', async (t) => {
  const port = await freePort()
  const [course, gateway] = await Promise.all([startCourse(t, port), startGateway(t, `localhost:${port}`)])

  t.test('the course service has no REST, the gateway no gRPC and no database', async (t) => {
    t.equal((await send(`${course.url}/v1/courses`)).status, 404)
    t.equal((await send(`${course.url}/hello`)).status, 404)
    t.match((await getJson(`${course.url}/readyz`)).body, { checks: { database: 'ok', cache: 'ok' } })
    t.notMatch(gateway.stderr(), /gRPC/)
    await waitFor('the gateway to be ready', async () => (await send(`${gateway.url}/readyz`)).status === 200)
    t.same((await getJson(`${gateway.url}/readyz`)).body, { status: 'ready', checks: { course: 'ok' } })
    t.equal((await send(`${gateway.url}/swagger/json`)).status, 200)
  })

  t.test('a course, from creation to deletion', async (t) => {
    const wanted = { slug: 'through-the-gateway', name: 'x', published_at: '2025-01-01T01:00:00+01:00' }
    const created = await postJson<Course>(`${gateway.url}/v1/courses`, { ...wanted, batches: [batch()] })
    t.match(created, { status: 201, body: { slug: wanted.slug, description: '', batches: [{ available_seats: 5 }] } })
    t.equal(created.body.published_at, '2025-01-01T00:00:00.000Z')
    const url = `${gateway.url}${created.headers.location}`
    t.same((await getJson(url)).body, created.body)

    const draft = await sendJson<Course>(url, { method: 'PATCH', json: { published_at: null } })
    t.match(draft, { status: 200, body: { published_at: null, name: 'x' } })
    t.match(await postJson(`${gateway.url}/v1/courses`, wanted), { status: 409, body: { title: 'Conflict' } })
    t.equal((await send(url, { method: 'DELETE' })).status, 204)
    t.equal((await send(url)).status, 404)
  })

  t.test('lists, with and without batches, page by page and filtered', async (t) => {
    const first = await getJson<{ courses: Course[]; next_page_token: string }>(`${gateway.url}/v1/courses?page_size=1`)
    t.notOk('batches' in (first.body.courses[0] as Course))
    const next = `${gateway.url}/v1/courses?page_size=1&include=batches&page_token=${first.body.next_page_token}`
    const second = await getJson<{ courses: Course[] }>(next)
    t.not(second.body.courses[0]?.course_id, first.body.courses[0]?.course_id)
    t.type(second.body.courses[0]?.batches, Array)
    const paid = await getJson<{ bookings: Booking[] }>(`${gateway.url}/v1/bookings?status=completed`)
    t.same([...new Set(paid.body.bookings.map(({ status }) => status))], ['completed'])
    t.match(paid.body.bookings[0], { customer: { name: String }, paid_at: String })
  })

  t.test('every failure is the same as over REST in one process', async (t) => {
    t.match(await getJson(`${gateway.url}/v1/courses/${absent}`), {
      status: 404,
      body: { detail: 'There is no such course.' },
    })
    t.match(await getJson(`${gateway.url}/v1/courses?page_token=x`), {
      status: 400,
      body: { errors: [{ path: '/page_token', message: 'is not a token that this list gave' }] },
    })
    const backwards = batch({ ends_at: '2020-01-01T00:00:00Z' })
    t.match(await postJson(`${gateway.url}/v1/courses`, { slug: 'backwards', name: 'x', batches: [backwards] }), {
      status: 400,
      body: { errors: [{ path: '/batches/0/ends_at', message: 'must be later than starts_at' }] },
    })
    const single = { slug: 'one-seat', name: 'x', batches: [batch({ max_seats: 1 })] }
    const { course_id } = (await postJson<Course>(`${gateway.url}/v1/courses`, single)).body
    const book = () => postJson<Booking>(`${gateway.url}/v1/bookings`, { course_id, user_id: 'ada' })
    const [winner, loser] = [(await book()).body, (await book()).body]
    const reserve = (id: string) => postJson(`${gateway.url}/v1/bookings/${id}:reserve`, {})
    t.match(await reserve(winner.booking_id), { status: 200, body: { status: 'reserved', expires_at: String } })
    t.match(await reserve(winner.booking_id), { status: 409, body: { title: 'Conflict' } })
    t.match(await reserve(loser.booking_id), { status: 409, body: { title: 'Sold Out' } })
  })

  t.test('an idempotency key has the same effect as in one process', async (t) => {
    const single = { course_id: '01943ad7-aa80-7001-8000-000000000000', user_id: 'ada' }
    const book = (json: object) => postJson<Booking>(`${gateway.url}/v1/bookings`, json, { 'idempotency-key': 'k-1' })
    const made = await book(single)
    t.match(made, { status: 201, headers: { 'idempotency-replayed': undefined } })
    t.match(await book(single), { status: 201, headers: { 'idempotency-replayed': 'true' }, body: made.body })
    t.match(await book({ ...single, user_id: 'eve' }), { status: 422, body: { title: 'Unprocessable Entity' } })
  })

  t.test('/propagation calls the course service', async (t) => {
    const { body } = await getJson(`${gateway.url}/propagation`)
    t.match(body, { hops: [{ service: 'partner' }, { service: 'course', protocol: 'grpc', traceparent: null }] })
  })

  t.test('a hanging course service: 504 after the deadline', async (t) => {
    process.kill(course.pid, 'SIGSTOP')
    t.teardown(() => process.kill(course.pid, 'SIGCONT'))
    const answer = await timed(() => getJson(`${gateway.url}/v1/courses`))
    t.match(answer, { status: 504, body: { title: 'Gateway Timeout', instance: '/v1/courses' } })
    t.ok(answer.ms >= 2900 && answer.ms < 4000, `answered after ${answer.ms} ms`)
  })

  t.test('a killed course service: 503 in under a second, and recovery by itself', async (t) => {
    await course.stop('SIGKILL')
    const ask = () => timed(() => getJson(`${gateway.url}/v1/courses`))
    const change = () => timed(() => postJson(`${gateway.url}/v1/bookings`, { course_id: absent, user_id: 'ada' }))
    for (const { status, headers, text, ms } of await Promise.all([ask(), ask(), change(), ask(), change()])) {
      t.match({ status, headers }, { status: 503, headers: { 'retry-after': '1' } })
      t.match(headers, { 'content-type': /^application\/problem\+json/ })
      t.notMatch(text, /127\.0\.0\.1|ECONN|grpc/i)
      t.ok(ms < 1000, `answered after ${ms} ms`)
    }
    t.match(await getJson(`${gateway.url}/readyz`), { status: 503, body: { checks: { course: 'failed' } } })
    t.equal((await send(`${gateway.url}/hello`)).status, 200)

    await startCourse(t, port)
    const { ms } = await timed(async () => ({
      found: await waitFor('recovery', async () => (await send(`${gateway.url}/v1/courses`)).status === 200),
    }))
    t.ok(ms < 3000, `recovered after ${ms} ms`)
  })
})
