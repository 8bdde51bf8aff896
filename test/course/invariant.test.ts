import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import t from 'tap'
import { HOLD_MS } from '../../src/course/booking.ts'
import { batches, bookings } from '../../src/course/schema.ts'
import { forAll } from '../../testkit/for-all.ts'
import { batch, Clock, courseApp, newBooking, newCourse, verb } from './course-app.ts'

/*
 * For every batch, always: 0 ≤ available ≤ max, and
 * available + reserved + completed = max − unavailable. Checked in PostgreSQL, not through the API.
 */

const step = fc.record({ booking: fc.nat(5), action: fc.constantFrom('reserve', 'complete', 'expire', 'wait') })
/** Each round is a handful of concurrent steps. */
const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 })

const clock = new Clock()
const app = await courseApp(t, { seed: true, now: clock.now })

t.test('no sequence of operations breaks the seat invariant', async (t) => {
  const held = sql<number>`count(${bookings.booking_id}) filter (where ${bookings.status} in ('reserved', 'completed'))`

  const broken = () =>
    app.database.run((queries) =>
      queries
        .select({ batch_id: batches.batch_id, available: batches.available_seats, held: held.mapWith(Number) })
        .from(batches)
        .leftJoin(bookings, sql`${bookings.batch_id} = ${batches.batch_id}`)
        .groupBy(batches.batch_id)
        .having(
          sql`${batches.available_seats} not between 0 and ${batches.max_seats}
            or ${batches.available_seats} + ${held} <> ${batches.max_seats} - ${batches.unavailable_seats}`,
        ),
    )

  t.same(await broken(), [], 'the seed keeps it')
  await forAll(
    rounds,
    async (plan) => {
      const { course_id } = await newCourse(app, {
        batches: [batch({ max_seats: 2, ends_at: '2090-01-01T00:00:00Z' })],
      })
      const made = await Promise.all(Array.from({ length: 6 }, () => newBooking(app, course_id)))
      for (const round of plan) {
        await Promise.all(
          round.map(async ({ booking, action }) => {
            if (action === 'wait') return clock.advance(HOLD_MS / 2)
            const { statusCode } = await verb(app, made[booking]?.booking_id as string, action)
            if (statusCode !== 200 && statusCode !== 409) throw new Error(`:${action} answered ${statusCode}`)
          }),
        )
        const wrong = await broken()
        if (wrong.length > 0) throw new Error(JSON.stringify(wrong))
      }
    },
    { numRuns: 25, milliseconds: 15_000 },
  )
})

t.test('the schema rejects violations', async (t) => {
  const change = (seats: number) =>
    app.database.run((queries) =>
      queries.update(batches).set({ available_seats: sql`${batches.available_seats} + ${seats}` }),
    )
  await t.rejects(change(1), { name: 'DatabaseError', sqlState: '23514', constraint: 'batches_available_seats' })
  await t.rejects(change(-1), { name: 'DatabaseError', sqlState: '23514', constraint: 'batches_available_seats' })
  const pay = app.database.run((queries) => queries.update(bookings).set({ status: 'completed' }))
  await t.rejects(pay, { name: 'DatabaseError', sqlState: '23514' })
})
