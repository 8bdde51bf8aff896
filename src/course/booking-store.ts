import {
  and,
  asc,
  count,
  desc,
  eq,
  exists,
  getTableColumns,
  gt,
  inArray,
  isNull,
  lte,
  not,
  type SQL,
  sql,
  sum,
} from 'drizzle-orm'
import type { CallShared, Database, Queries } from '../platform/database.ts'
import { DomainError } from '../platform/domain-error.ts'
import type { Booking, BookingFilter, NewBooking, OutstandingBookings } from './booking.ts'
import { type BookingRow, toBooking } from './booking-row.ts'
import type { PageKey } from './page.ts'
import { RESERVE, reservedBooking } from './reservation.ts'
import { batches, bookings, courses } from './schema.ts'

type DatabaseOrTransaction = Pick<Database, 'run' | 'transaction' | 'share'>

/**
 * Bookings in PostgreSQL, and the seats that they take. Each UPDATE of a status names the old status in its WHERE, so of
 * two concurrent changes only one succeeds; the free seats change in the same transaction. To prevent deadlocks, every
 * transaction locks bookings before batches, and several of either in the order of their ids.
 */
export class BookingStore {
  readonly #database: DatabaseOrTransaction
  readonly #callReserve: CallShared

  /** @param database the database, or a transaction to run all statements in */
  constructor(database: DatabaseOrTransaction) {
    this.#database = database
    this.#callReserve = database.share(RESERVE)
  }

  /** @throws DomainError not_found: the course or the batch; sold_out; conflict: not open for booking */
  insert(booking_id: string, { course_id, batch_id, user_id, customer }: NewBooking, now: string): Promise<Booking> {
    return this.#database.transaction(async (tx) => {
      await courseMustBeOpen(tx, course_id, now)
      const batch =
        batch_id === undefined ? await earliestBatch(tx, course_id, now) : await openBatch(tx, course_id, batch_id, now)
      const [row] = await tx
        .insert(bookings)
        .values({
          booking_id,
          course_id,
          ...batch,
          user_id,
          customer_name: customer?.name,
          customer_email: customer?.email,
          customer_phone: customer?.phone,
          status: 'created',
          created_at: now,
          updated_at: now,
        })
        .returning()
      return toBooking(row as BookingRow)
    })
  }

  /** Up to `limit` bookings, newest first. */
  async list(filter: BookingFilter, limit: number, after: PageKey | undefined): Promise<Booking[]> {
    const rows = await this.#database.run((queries) =>
      queries
        .select()
        .from(bookings)
        .where(
          and(
            filter.status === undefined ? undefined : eq(bookings.status, filter.status),
            filter.user_id === undefined ? undefined : eq(bookings.user_id, filter.user_id),
            filter.course_id === undefined ? undefined : eq(bookings.course_id, filter.course_id),
            after && isBefore(after),
          ),
        )
        .orderBy(desc(bookings.created_at), desc(bookings.booking_id))
        .limit(limit),
    )
    return rows.map(toBooking)
  }

  async find(bookingId: string): Promise<Booking | undefined> {
    const [row] = await this.#database.run((queries) =>
      queries.select().from(bookings).where(eq(bookings.booking_id, bookingId)),
    )
    return row && toBooking(row)
  }

  /**
   * Moves the booking from `created` to `reserved` and takes a seat, or does neither. One statement does both, so the
   * batch is never locked for a round trip to this process. Concurrent reservations share the statement.
   *
   * @returns undefined when there is no such booking in status `created`
   * @throws DomainError sold_out; conflict: the batch has ended
   */
  async reserve(bookingId: string, now: string, expiresAt: string): Promise<Booking | undefined> {
    const row = await this.#callReserve([bookingId, now, expiresAt])
    if (row !== undefined) return reservedBooking(row, bookingId, now, expiresAt)
    const booking = await this.find(bookingId)
    if (booking?.status === 'created')
      throw await this.#database.run((queries) => whyNoSeat(queries, booking.batch_id, now))
    return undefined
  }

  /** @returns undefined unless the booking is reserved, not overdue, and its batch has not ended */
  async complete(bookingId: string, now: string): Promise<Booking | undefined> {
    const [row] = await this.#database.run((queries) =>
      queries
        .update(bookings)
        .set({ status: 'completed', paid_at: now, updated_at: now })
        .where(and(isReserved(bookingId), gt(bookings.expires_at, now), not(batchHasEnded(queries, now))))
        .returning(),
    )
    return row && toBooking(row)
  }

  /**
   * Moves the booking from `created` or `reserved` to `expired`, and gives back its seat, if any.
   *
   * @returns undefined when there is no such booking in one of these statuses
   */
  expire(bookingId: string, now: string): Promise<Booking | undefined> {
    const isOpen = and(eq(bookings.booking_id, bookingId), inArray(bookings.status, ['created', 'reserved']))
    return this.#database.transaction((tx) => release(tx, 'expired', isOpen, now))
  }

  /** Like `expire`, but only for an overdue hold. */
  expireOverdue(bookingId: string, now: string): Promise<Booking | undefined> {
    const isOverdue = and(isReserved(bookingId), lte(bookings.expires_at, now))
    return this.#database.transaction((tx) => release(tx, 'expired', isOverdue, now))
  }

  /** Moves the booking from `reserved` to `failed` and gives back its seat, if its batch has ended. */
  failInEndedBatch(bookingId: string, now: string): Promise<Booking | undefined> {
    return this.#database.transaction((tx) =>
      release(tx, 'failed', and(isReserved(bookingId), batchHasEnded(tx, now)), now),
    )
  }

  async outstanding(): Promise<OutstandingBookings> {
    const rows = await this.#database.run((queries) =>
      queries
        .select({ currency: bookings.currency, reserved: count(), amount: sum(bookings.price).mapWith(Number) })
        .from(bookings)
        .where(eq(bookings.status, 'reserved'))
        .groupBy(bookings.currency)
        .orderBy(bookings.currency),
    )
    return {
      reserved: rows.reduce((total, { reserved }) => total + reserved, 0),
      potentialSales: rows.map(({ currency, amount }) => ({ currency, amount })),
    }
  }
}

function isReserved(bookingId: string): SQL | undefined {
  return and(eq(bookings.booking_id, bookingId), eq(bookings.status, 'reserved'))
}

function batchHasEnded(queries: Queries, now: string): SQL {
  const ended = and(eq(batches.batch_id, bookings.batch_id), lte(batches.ends_at, now))
  return exists(queries.select({ batch_id: batches.batch_id }).from(batches).where(ended))
}

async function release(
  tx: Queries,
  to: 'expired' | 'failed',
  where: SQL | undefined,
  now: string,
): Promise<Booking | undefined> {
  const [row] = await tx.update(bookings).set({ status: to, updated_at: now }).where(where).returning()
  if (row === undefined) return undefined
  if (row.reserved_at !== null) {
    const oneMore = { available_seats: sql`${batches.available_seats} + 1` }
    await tx.update(batches).set(oneMore).where(eq(batches.batch_id, row.batch_id))
  }
  return toBooking(row)
}

/** Locks the course until the booking is committed, so that it cannot be deleted in between. */
async function courseMustBeOpen(tx: Queries, courseId: string, now: string): Promise<void> {
  const [course] = await tx
    .select({ published_at: courses.published_at })
    .from(courses)
    .where(and(eq(courses.course_id, courseId), isNull(courses.deleted_at)))
    .for('share')
  if (course === undefined) throw new DomainError('not_found', 'There is no such course.')
  if (course.published_at === null || course.published_at > now) {
    throw new DomainError('conflict', 'The course is not published yet.')
  }
}

const { batch_id, price, currency, available_seats, ends_at } = getTableColumns(batches)
const chosen = { batch_id, price, currency }
type Chosen = Pick<Booking, keyof typeof chosen>

async function earliestBatch(tx: Queries, courseId: string, now: string): Promise<Chosen> {
  const isOpen = and(eq(batches.course_id, courseId), gt(ends_at, now))
  const inOrder = [asc(batches.starts_at), asc(batch_id)]
  const [free] = await tx
    .select(chosen)
    .from(batches)
    .where(and(isOpen, gt(available_seats, 0)))
    .orderBy(...inOrder)
    .limit(1)
  if (free) return free
  const [full] = await tx.select({ batch_id }).from(batches).where(isOpen).limit(1)
  throw full ? soldOut('course') : new DomainError('conflict', 'The course has no batch that is open for booking.')
}

async function openBatch(tx: Queries, courseId: string, batchId: string, now: string): Promise<Chosen> {
  const [batch] = await tx
    .select({ ...chosen, available_seats, ends_at })
    .from(batches)
    .where(and(eq(batch_id, batchId), eq(batches.course_id, courseId)))
  if (batch === undefined) throw new DomainError('not_found', 'The course has no such batch.')
  if (batch.ends_at <= now) throw hasEnded()
  if (batch.available_seats === 0) throw soldOut('batch')
  return { batch_id: batch.batch_id, price: batch.price, currency: batch.currency }
}

async function whyNoSeat(tx: Queries, batchId: string, now: string): Promise<DomainError> {
  const [batch] = await tx.select({ ends_at }).from(batches).where(eq(batch_id, batchId))
  return batch && batch.ends_at <= now ? hasEnded() : soldOut('batch')
}

function soldOut(what: 'course' | 'batch'): DomainError {
  return new DomainError('sold_out', `The ${what} has no free seat.`)
}

function hasEnded(): DomainError {
  return new DomainError('conflict', 'The batch has ended.')
}

function isBefore({ created_at, id }: PageKey): SQL {
  return sql`(${bookings.created_at}, ${bookings.booking_id}) < (${created_at}::timestamptz, ${id}::uuid)`
}
