import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant } from './instant.ts'
import type { RecordedAnswer } from './recorded-answer.ts'

/*
 * After a change here, run `npx drizzle-kit generate`: it writes the migration into ./migrations.
 *
 * Lists run from newest to oldest, so PostgreSQL scans their ascending indexes backwards.
 */

export const courses = pgTable(
  'courses',
  {
    course_id: uuid().primaryKey(),
    slug: text().notNull(),
    name: text().notNull(),
    description: text().notNull(),
    published_at: instant(),
    created_at: instant().notNull(),
    updated_at: instant().notNull(),
    deleted_at: instant(),
  },
  (course) => [
    uniqueIndex('courses_slug').on(course.slug).where(sql`${course.deleted_at} is null`),
    index('courses_newest').on(course.created_at, course.course_id).where(sql`${course.deleted_at} is null`),
  ],
)

export const batches = pgTable(
  'batches',
  {
    batch_id: uuid().primaryKey(),
    course_id: uuid()
      .notNull()
      .references(() => courses.course_id),
    name: text().notNull(),
    starts_at: instant().notNull(),
    ends_at: instant().notNull(),
    max_seats: integer().notNull(),
    /** Decreases with each reservation, and increases when a reserved booking expires or fails. */
    available_seats: integer().notNull(),
    /** Seats that are not for sale, so that the seed can have a course that is sold out. */
    unavailable_seats: integer().notNull().default(0),
    price: integer().notNull(),
    currency: text().notNull(),
  },
  (batch) => [
    index('batches_of_course').on(batch.course_id, batch.starts_at, batch.batch_id),
    check('batches_ends_after_start', sql`${batch.ends_at} > ${batch.starts_at}`),
    check('batches_max_seats', sql`${batch.max_seats} > 0`),
    check('batches_unavailable_seats', sql`${batch.unavailable_seats} between 0 and ${batch.max_seats}`),
    check(
      'batches_available_seats',
      sql`${batch.available_seats} between 0 and ${batch.max_seats} - ${batch.unavailable_seats}`,
    ),
    check('batches_price', sql`${batch.price} >= 0`),
    check('batches_currency', sql`${batch.currency} ~ '^[A-Z]{3}$'`),
  ],
)

export const bookings = pgTable(
  'bookings',
  {
    booking_id: uuid().primaryKey(),
    course_id: uuid()
      .notNull()
      .references(() => courses.course_id),
    batch_id: uuid()
      .notNull()
      .references(() => batches.batch_id),
    user_id: text().notNull(),
    customer_name: text(),
    customer_email: text(),
    customer_phone: text(),
    price: integer().notNull(),
    currency: text().notNull(),
    status: text({ enum: ['created', 'reserved', 'completed', 'failed', 'expired'] }).notNull(),
    created_at: instant().notNull(),
    /** Never cleared: set if and only if the booking has held a seat. */
    reserved_at: instant(),
    expires_at: instant(),
    paid_at: instant(),
    updated_at: instant().notNull(),
  },
  (booking) => [
    index('bookings_newest').on(booking.created_at, booking.booking_id),
    index('bookings_by_status').on(booking.status, booking.created_at, booking.booking_id),
    index('bookings_by_user').on(booking.user_id, booking.created_at, booking.booking_id),
    index('bookings_by_course').on(booking.course_id, booking.created_at, booking.booking_id),
    index('bookings_live').on(booking.course_id).where(sql`${booking.status} in ('created', 'reserved')`),
    // Covers the gauges' query, which then does not read the table itself.
    index('bookings_outstanding').on(booking.currency, booking.price).where(sql`${booking.status} = 'reserved'`),
    // For the sweeper: holds in the order in which they expire.
    index('bookings_holds').on(booking.expires_at).where(sql`${booking.status} = 'reserved'`),
    check('bookings_status', sql`${booking.status} in ('created', 'reserved', 'completed', 'failed', 'expired')`),
    check('bookings_price', sql`${booking.price} >= 0`),
    check('bookings_currency', sql`${booking.currency} ~ '^[A-Z]{3}$'`),
    check(
      'bookings_held',
      sql`${booking.status} not in ('reserved', 'completed', 'failed') or (${booking.reserved_at} is not null and ${booking.expires_at} is not null)`,
    ),
    check('bookings_not_held', sql`${booking.status} <> 'created' or ${booking.reserved_at} is null`),
    check('bookings_hold_has_end', sql`(${booking.reserved_at} is null) = (${booking.expires_at} is null)`),
    // Both come from one reading of the clock, so they are comparable.
    check('bookings_hold_ends_later', sql`${booking.expires_at} > ${booking.reserved_at}`),
    check('bookings_paid', sql`(${booking.status} = 'completed') = (${booking.paid_at} is not null)`),
  ],
)

/** Executed commands with their answers, so that a retry gets the same answer and has no second effect. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    key: text().primaryKey(),
    /** Identifies the request without storing its content. */
    fingerprint: text().notNull(),
    /** Null only inside the transaction that executes the command. */
    answer: jsonb().$type<RecordedAnswer>(),
    expires_at: instant().notNull(),
  },
  (row) => [
    index('idempotency_keys_expired').on(row.expires_at),
    check('idempotency_keys_key', sql`length(${row.key}) between 1 and 255`),
  ],
)
