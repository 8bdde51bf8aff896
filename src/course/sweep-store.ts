import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import type { Database, Queries } from '../platform/database.ts'
import type { Booking } from './booking.ts'
import { toBooking } from './booking-row.ts'
import { batches, bookings, idempotencyKeys } from './schema.ts'

/** Expired rows in PostgreSQL. Several sweepers may run at once: each skips rows that another has locked. */
export class SweepStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Whether a hold is overdue: one statement on an index of holds only. */
  async hasOverdueHolds(now: string): Promise<boolean> {
    const found = await this.#database.run((queries) =>
      queries
        .select({ booking_id: bookings.booking_id })
        .from(bookings)
        .where(isOverdue(now))
        .orderBy(asc(bookings.expires_at))
        .limit(1),
    )
    return found.length === 1
  }

  /** Expires up to `limit` overdue holds and gives their seats back. Returns their bookings. */
  expireHolds(now: string, limit: number): Promise<Booking[]> {
    return this.#database.transaction(async (tx) => {
      // A CTE runs once in every plan; a subquery with LIMIT could run again and lock other rows.
      const overdue = tx
        .$with('overdue')
        .as(
          tx
            .select({ booking_id: bookings.booking_id })
            .from(bookings)
            .where(isOverdue(now))
            .orderBy(asc(bookings.expires_at))
            .limit(limit)
            .for('update', { skipLocked: true }),
        )
      const rows = await tx
        .with(overdue)
        .update(bookings)
        .set({ status: 'expired', updated_at: now })
        .where(inArray(bookings.booking_id, tx.select({ booking_id: overdue.booking_id }).from(overdue)))
        .returning()
      await giveBackSeats(tx, rows)
      return rows.map(toBooking)
    })
  }

  /** Deletes up to `limit` expired idempotency keys. Returns how many. */
  async deleteKeys(now: string, limit: number): Promise<number> {
    const deleted = await this.#database.run((queries) => {
      const expired = queries
        .$with('expired')
        .as(
          queries
            .select({ key: idempotencyKeys.key })
            .from(idempotencyKeys)
            .where(lte(idempotencyKeys.expires_at, now))
            .orderBy(asc(idempotencyKeys.expires_at))
            .limit(limit)
            .for('update', { skipLocked: true }),
        )
      return queries
        .with(expired)
        .delete(idempotencyKeys)
        .where(inArray(idempotencyKeys.key, queries.select({ key: expired.key }).from(expired)))
        .returning({ key: idempotencyKeys.key })
    })
    return deleted.length
  }
}

/** The status is a literal: with a parameter, a prepared statement could not use the partial index of holds. */
function isOverdue(now: string) {
  return and(sql`${bookings.status} = 'reserved'`, lte(bookings.expires_at, now))
}

/** Locks batches after bookings and in the order of their ids, as all transactions do, which prevents deadlocks. */
async function giveBackSeats(tx: Queries, expired: readonly { readonly batch_id: string }[]): Promise<void> {
  const freed = new Map<string, number>()
  for (const { batch_id } of expired) freed.set(batch_id, (freed.get(batch_id) ?? 0) + 1)
  for (const [batchId, seats] of [...freed].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await tx
      .update(batches)
      .set({ available_seats: sql`${batches.available_seats} + ${seats}` })
      .where(eq(batches.batch_id, batchId))
  }
}
