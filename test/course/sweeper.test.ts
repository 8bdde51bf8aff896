import { sql } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { channels } from '../../phases/announcements.ts'
import { type Booking, HOLD_MS } from '../../src/course/booking.ts'
import { CourseCache } from '../../src/course/course-cache.ts'
import { exampleIds } from '../../src/course/seed-data.ts'
import { SweepStore } from '../../src/course/sweep-store.ts'
import { Sweeper, type SweeperOptions } from '../../src/course/sweeper.ts'
import { startApp } from '../../testkit/app-process.ts'
import { httpClient } from '../../testkit/http.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { batch, Clock, courseApp, DAY, listen, newBooking, newCourse, seats, send, verb } from './course-app.ts'

const clock = new Clock()
const app = await courseApp(t, { now: clock.now })
const silent = { info: () => {}, warn: () => {} }

/** A second sweeper, as in another replica. */
function sweeperWith(options: Partial<SweeperOptions> = {}): Sweeper {
  const { database } = app
  const [store, courses] = [new SweepStore(database), new CourseCache(app.cache)]
  return new Sweeper({ store, courses, database, log: silent, now: clock.now, ...options })
}

/** A course whose batches end after every test clock, with bookings that hold a seat. */
async function holds(count: number, batches = 1, max_seats = count): Promise<{ courseId: string; held: Booking[] }> {
  const ends_at = new Date(clock.time + 90 * DAY).toISOString()
  const course = await newCourse(app, {
    batches: Array.from({ length: batches }, () => batch({ max_seats, ends_at })),
  })
  const held: Booking[] = []
  for (let i = 0; i < count; i++) {
    const batch_id = course.batches?.[i % batches]?.batch_id
    const { booking_id } = await newBooking(app, course.course_id, { batch_id })
    held.push((await verb(app, booking_id, 'reserve')).json<Booking>())
  }
  return { courseId: course.course_id, held }
}

async function statusOf({ booking_id }: Booking): Promise<string> {
  return (await send(app, 'GET', `/v1/bookings/${booking_id}`)).json<Booking>().status
}

/** Records the names of announced steps until the test ends. */
function steps(t: Test): string[] {
  const names: string[] = []
  const onEnd = (step: unknown) => names.push((step as { name: string }).name)
  channels.step.asyncEnd.subscribe(onEnd)
  t.teardown(() => channels.step.asyncEnd.unsubscribe(onEnd))
  return names
}

t.test('a sweep', async (t) => {
  t.test('expires overdue holds, releases their seats and announces it', async (t) => {
    const { courseId, held } = await holds(4, 1, 5)
    const [paid, ended, late, other] = held as [Booking, Booking, Booking, Booking]
    const created = await newBooking(app, courseId)
    await verb(app, paid.booking_id, 'complete')
    await verb(app, ended.booking_id, 'expire')
    clock.advance(1)
    const young = await newBooking(app, courseId)
    await verb(app, young.booking_id, 'reserve')
    t.same(await seats(app, courseId), [1], 'which is now in the cache')
    clock.advance(HOLD_MS - 1)

    const [heard, done] = [listen(t), steps(t)]
    await app.course.sweeper.sweep()
    t.same(await Promise.all([paid, ended, late, other, created, young].map(statusOf)), [
      ...['completed', 'expired', 'expired', 'expired'],
      ...['created', 'reserved'],
    ])
    const { updated_at } = (await send(app, 'GET', `/v1/bookings/${late.booking_id}`)).json<Booking>()
    t.equal(updated_at, clock.now().toISOString())
    t.same(await seats(app, courseId), [3])
    t.same(heard.bookings.map(({ bookingId }) => bookingId).sort(), [late.booking_id, other.booking_id].sort())
    t.match(heard.bookings[0], { status: 'expired', courseId, batchId: late.batch_id, price: 4900, currency: 'EUR' })
    t.same(done, ['sweep_expired_holds'])

    clock.advance(1)
    await app.course.sweeper.sweep()
    t.equal(await statusOf(young), 'expired', 'the other one when its time is over')
    t.same(await seats(app, courseId), [4])
  })

  t.test('that finds nothing is one statement on an index', async (t) => {
    await app.course.sweeper.sweep()
    const [heard, done] = [listen(t), steps(t)]
    await app.course.sweeper.sweep()
    t.same(
      heard.queries.map(({ operation, table, rows }) => `${operation} ${table} ${rows}`),
      ['SELECT bookings 0'],
    )
    t.same([heard.bookings, heard.cache, done], [[], [], []])

    const statement = heard.queries[0]?.text.replace('$1', `'${clock.now().toISOString()}'`).replace('$2', '1')
    const plan = await app.database.transaction(async (tx) => {
      await tx.execute(sql`set local enable_seqscan = off`)
      return tx.execute(sql.raw(`explain ${statement}`))
    })
    t.match(JSON.stringify(plan), /using bookings_holds/)
  })

  t.test('works in batches', async (t) => {
    const { courseId, held } = await holds(230, 3)
    clock.advance(HOLD_MS)
    const heard = listen(t)
    await app.course.sweeper.sweep()
    t.equal(heard.bookings.length, held.length)
    t.same(await seats(app, courseId), [230, 230, 230])
    const portions = heard.queries.filter(({ operation, table }) => operation === 'UPDATE' && table === 'bookings')
    t.same(
      portions.map(({ rows }) => rows),
      [100, 100, 30],
    )
  })
})

t.test('concurrent sweepers expire each hold once', async (t) => {
  const { courseId, held } = await holds(150, 4)
  clock.advance(HOLD_MS)
  const heard = listen(t)
  await Promise.all([1, 2, 3].map(() => sweeperWith().sweep()))
  t.same(heard.bookings.map(({ bookingId }) => bookingId).sort(), held.map(({ booking_id }) => booking_id).sort())
  t.same(await seats(app, courseId), [150, 150, 150, 150])
})

t.test('a hold paid at the last moment is completed or expired, never both', async (t) => {
  const { courseId, held } = await holds(40)
  // The clock of the other replica is slightly ahead, so both actions are legitimate.
  clock.advance(HOLD_MS - 1)
  const ahead = () => new Date(clock.time + 1)
  const heard = listen(t)
  const half = held.length / 2
  const pay = ({ booking_id }: Booking) => verb(app, booking_id, 'complete')
  const early = held.slice(0, half).map(pay)
  const [answers] = await Promise.all([
    Promise.all([...early, ...held.slice(half).map(pay)]),
    sweeperWith({ now: ahead }).sweep(),
    sweeperWith({ now: ahead }).sweep(),
  ])
  const statuses = await Promise.all(held.map(statusOf))
  t.same(
    answers.map(({ statusCode }) => statusCode),
    statuses.map((status) => (status === 'completed' ? 200 : 409)),
  )
  const paid = statuses.filter((status) => status === 'completed').length
  t.equal(statuses.filter((status) => status === 'expired').length, held.length - paid)
  t.same(await seats(app, courseId), [held.length - paid])
  t.equal(heard.bookings.length, held.length, 'each is announced once')
})

t.test('sweeping again and again', async (t) => {
  t.test('costs one warning while the database is unavailable, and continues afterwards', async (t) => {
    const { held } = await holds(1)
    clock.advance(HOLD_MS)
    const lines: string[] = []
    const log = {
      warn: (_: unknown, message: string) => lines.push(`warn: ${message}`),
      info: (message: string) => lines.push(`info: ${message}`),
    } as unknown as SweeperOptions['log']
    let attempts = 0
    let isDown = true
    const failIfDown = async () => {
      attempts++
      if (isDown) throw new Error('the database is down')
    }
    const store = new SweepStore(app.database)
    const { hasOverdueHolds } = store
    store.hasOverdueHolds = async (now) => {
      await failIfDown()
      return hasOverdueHolds.call(store, now)
    }
    const sweeper = sweeperWith({ store, database: { ping: failIfDown }, log })
    t.teardown(() => sweeper.stop())
    sweeper.start(5)
    await waitFor('several attempts', () => attempts > 4)
    t.same(lines, ['warn: overdue holds cannot be expired now; trying again'])
    isDown = false
    await waitFor('the hold to expire', async () => (await statusOf(held[0] as Booking)) === 'expired')
    await waitFor('the end of the sweep', () => lines.length === 2)
    t.equal(lines[1], 'info: overdue holds are expired again')

    isDown = true
    await waitFor('a warning for the next outage', () => lines.length === 3)
  })

  t.test('stops after the running sweep', async (t) => {
    const { courseId } = await holds(120)
    clock.advance(HOLD_MS)
    const heard = listen(t)
    const sweeper = sweeperWith()
    sweeper.start(1)
    await waitFor('a sweep to begin', () => heard.queries.some(({ operation }) => operation === 'UPDATE'), {
      interval: 1,
    })
    await sweeper.stop()
    const swept = heard.bookings.length
    t.ok(swept === 100 || swept === 120, 'a whole portion, or all')
    t.same(await seats(app, courseId), [swept])
    const statements = heard.queries.length
    sweeper.start(1)
    await app.course.sweeper.sweep()
    t.same(await seats(app, courseId), [120])
    t.ok(heard.queries.length > statements)
  })
})

t.test('the running app', async (t) => {
  const http = httpClient(t)
  const env = { PHASE: '2', LOG_LEVEL: 'debug', BOOKING_HOLD_SECONDS: '2', SWEEP_INTERVAL_MS: '50' }
  const { url, waitForLogLine, stop } = await startApp(t, { env })
  const free = async () => {
    const { body } = await http.getJson<{ batches: { available_seats: number }[] }>(
      `${url}/v1/courses/${exampleIds.course}`,
    )
    return body.batches[0]?.available_seats as number
  }
  const before = await free()
  const booking = `${url}/v1/bookings/${exampleIds.createdBooking}`
  const reserved = await http.sendJson<Booking>(`${booking}:reserve`, { method: 'POST' })
  const { expires_at, reserved_at } = reserved.body
  t.equal(Date.parse(expires_at as string) - Date.parse(reserved_at as string), 2000, 'BOOKING_HOLD_SECONDS')
  t.equal(await free(), before - 1)
  await waitFor('the hold to expire', async () => (await http.getJson(booking)).body.status === 'expired')
  await waitFor('its seat', async () => (await free()) === before)
  const line = await waitForLogLine('the event', ({ message }) => message === 'booking expired')
  t.match(line, { level: 'info', booking_id: exampleIds.createdBooking, request_id: undefined })
  await waitForLogLine('the step', ({ step }) => step === 'sweep_expired_holds')
  t.match(await stop(), { code: 0 })
})
