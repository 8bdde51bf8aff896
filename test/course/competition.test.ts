import fc from 'fast-check'
import postgres from 'postgres'
import tap from 'tap'
import type { Booking } from '../../src/course/booking.ts'
import type { Course } from '../../src/course/course.ts'
import { startApp } from '../../testkit/app-process.ts'
import { forAll } from '../../testkit/for-all.ts'
import { type HttpClient, httpClient } from '../../testkit/http.ts'
import { needsPostgres, postgresUrl } from '../../testkit/postgres-server.ts'
import { brokenBatches } from './broken-batches.ts'
import { batch } from './course-app.ts'

/*
 * Three replicas of the app on one PostgreSQL. They start at the same time, on an empty database.
 */

tap.test('three competing replicas', needsPostgres(), async (t) => {
  const DATABASE_URL = await postgresUrl(tap)
  const sql = postgres(DATABASE_URL, { max: 1 })
  t.teardown(() => sql.end())
  const env = { PHASE: '2', DATABASE_URL, SWEEP_INTERVAL_MS: '50', MAX_EVENT_LOOP_DELAY_MS: '0' }
  const apps = await Promise.all([1, 2, 3].map(() => startApp(t, { env })))
  const client = httpClient(t)
  let next = 0
  /** Round robin over the replicas. */
  const url = (path: string) => `${apps[next++ % apps.length]?.url}/v1${path}`

  t.test('create one schema and one seed', async (t) => {
    const [{ courses, migrations } = {}] = await sql`
      select (select count(*)::int from courses) as courses,
             (select count(*) = count(distinct hash) from drizzle.__drizzle_migrations) as migrations`
    t.same({ courses, migrations }, { courses: 12, migrations: true })
  })

  t.test('300 concurrent requests for 50 seats', async (t) => {
    const { course_id, batch_id } = await newCourse(client, url('/courses'), 50)
    const bookings = await newBookings(client, 300, () => url('/bookings'), course_id)
    const answers = await Promise.all(bookings.map((id) => client.postJson(url(`/bookings/${id}:reserve`), {})))
    t.equal(answers.filter(({ status }) => status === 200).length, 50)
    t.equal(answers.filter(({ status, body }) => status === 409 && body.title === 'Sold Out').length, 250)
    const [{ available_seats } = {}] = await sql`select available_seats from batches where batch_id = ${batch_id}`
    t.equal(available_seats, 0)

    t.test('of which one expires twenty times at once', async (t) => {
      const reserved = bookings[answers.findIndex(({ status }) => status === 200)]
      const expire = () => client.postJson(url(`/bookings/${reserved}:expire`), {})
      const statuses = (await Promise.all(Array.from({ length: 20 }, expire))).map(({ status }) => status)
      t.same(statuses.sort(), [200, ...Array(19).fill(409)])
      const [{ available_seats } = {}] = await sql`select available_seats from batches where batch_id = ${batch_id}`
      t.equal(available_seats, 1, 'the seat came back once')
    })
  })

  t.test('no sequence of operations breaks the seat invariant', async (t) => {
    await forAll(
      fc.array(operation, { minLength: 20, maxLength: 60 }),
      (operations) => playAll(client, sql, url, operations),
      { numRuns: 12, milliseconds: 5000 },
    )
    t.same(await brokenBatches(sql), [])
  })

  t.test('no transactions deadlock', async (t) => {
    const [{ deadlocks } = {}] =
      await sql`select deadlocks::int from pg_stat_database where datname = current_database()`
    t.equal(deadlocks, 0)
  })
})

const operation = fc.record({
  booking: fc.nat(7),
  /** `overdue` makes a hold overdue, so that a sweeper expires it. */
  action: fc.constantFrom('create', 'reserve', 'reserve', 'complete', 'expire', 'overdue', 'delete'),
})
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

/** Concurrent operations on a handful of bookings and two seats. */
async function playAll(
  client: HttpClient,
  sql: postgres.Sql,
  url: (path: string) => string,
  operations: readonly Operation[],
): Promise<void> {
  const { course_id } = await newCourse(client, url('/courses'), 2)
  const bookings = await newBookings(client, 8, () => url('/bookings'), course_id)
  const send = async ({ booking, action }: Operation) => {
    const id = bookings[booking] as string
    if (action === 'create') return client.postJson(url('/bookings'), { course_id, user_id: 'eve' })
    if (action === 'delete') return client.send(url(`/courses/${course_id}`), { method: 'DELETE' })
    if (action !== 'overdue') return client.postJson(url(`/bookings/${id}:${action}`), {})
    await sql`
      update bookings set reserved_at = reserved_at - interval '1 hour', expires_at = expires_at - interval '1 hour'
      where booking_id = ${id} and status = 'reserved'`
    return { status: 200 }
  }
  const statuses = (await Promise.all(operations.map(send))).map(({ status }) => status)
  const strange = statuses.filter((status) => ![200, 201, 204, 404, 409].includes(status))
  if (strange.length > 0) throw new Error(`answers with ${strange}`)
  const broken = await brokenBatches(sql)
  if (broken.length > 0) throw new Error(JSON.stringify(broken))
}

async function newCourse(client: HttpClient, url: string, max_seats: number) {
  const slug = `course-${process.hrtime.bigint()}`
  const { status, body } = await client.postJson<Course>(url, { slug, name: 'x', batches: [batch({ max_seats })] })
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
  return { course_id: body.course_id, batch_id: body.batches?.[0]?.batch_id as string }
}

async function newBookings(client: HttpClient, count: number, url: () => string, course_id: string) {
  const book = async (_: unknown, i: number) => {
    const { status, body } = await client.postJson<Booking>(url(), { course_id, user_id: `user-${i}` })
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body.booking_id
  }
  return Promise.all(Array.from({ length: count }, book))
}
