import { sql } from 'drizzle-orm'
import t from 'tap'
import type { Booking } from '../../src/course/booking.ts'
import { RESERVE } from '../../src/course/reservation.ts'
import { batch, courseApp, newBooking, newCourse, seats, send, verb } from './course-app.ts'

const app = await courseApp(t)

t.test('reservations in one statement: the first claims get the seats that are left', async (t) => {
  const { course_id, batches = [] } = await newCourse(app, {
    batches: [
      batch({ max_seats: 2 }),
      batch({ max_seats: 5, starts_at: '2090-01-01T00:00:00Z', ends_at: '2090-02-01T00:00:00Z' }),
    ],
  })
  const book = async (number: number) => {
    const { booking_id } = await newBooking(app, course_id, { batch_id: batches[number]?.batch_id })
    return booking_id
  }
  const [first, second, third, late] = [await book(0), await book(0), await book(0), await book(0)]
  const [other, taken] = [await book(1), await book(1)]
  await verb(app, taken, 'reserve')

  const now = '2026-01-01T10:00:00.000Z'
  const claims: readonly (readonly [bookingId: string, now: string])[] = [
    [third, now],
    [third, '2026-01-01T11:00:00.000Z'], // a repeated claim: the first one counts
    ['01943ad7-0000-7000-8000-000000000000', now], // unknown booking
    [late, '2089-01-01T00:00:00.000Z'], // after the end of its batch
    [taken, now],
    [second, now],
    [other, now],
    [first, now], // the third claim for two seats
  ]
  t.same((await reserveAll(claims)).sort(), [1, 6, 7])

  const find = async (id: string) => (await send(app, 'GET', `/v1/bookings/${id}`)).json<Booking>()
  for (const id of [first, late]) t.match(await find(id), { status: 'created', reserved_at: null, expires_at: null })
  for (const id of [second, third, other]) {
    t.match(await find(id), { status: 'reserved', reserved_at: now, updated_at: now, expires_at: HOLD_END })
  }
  t.not((await find(taken)).reserved_at, now, 'a booking that had a seat keeps its time')
  t.same(await seats(app, course_id), [0, 3])
})

const HOLD_END = '2091-01-01T00:00:00.000Z'

/** Sends the statement that these claims share. @returns the positions of the claims that got a seat */
async function reserveAll(claims: readonly (readonly [bookingId: string, now: string])[]): Promise<unknown[]> {
  const array = (values: readonly string[]) => `'{${values.join()}}'`
  const text = RESERVE.replaceAll('$1', array(claims.map(([id]) => id)))
    .replaceAll('$2', array(claims.map(([, now]) => now)))
    .replaceAll('$3', array(claims.map(() => HOLD_END)))
  const result = await app.database.run((queries) => queries.execute(sql.raw(text)))
  return (result as unknown as { rows: { position: number }[] }).rows.map(({ position }) => position)
}
