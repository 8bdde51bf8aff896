import type { Database } from '../platform/database.ts'
import { batches, bookings, courses } from './schema.ts'
import {
  catalogue,
  derivedId,
  exampleIds,
  inventedCourse,
  knownId,
  type SeedBatch,
  type SeedCourse,
  seedTime,
} from './seed-data.ts'

type CourseRow = typeof courses.$inferInsert
type BatchRow = typeof batches.$inferInsert
type BookingRow = typeof bookings.$inferInsert

export interface SeedOptions {
  /** How many courses to have from this seed. Default: the twelve of the catalogue. */
  readonly count?: number
  /** Determines the courses beyond the catalogue. Default: 1. */
  readonly seed?: number
  /** Called after each transaction with the number of courses done. */
  readonly onProgress?: (done: number) => void
}

/** How many rows were added. Existing rows stay untouched and do not count. */
export interface Seeded {
  readonly courses: number
  readonly batches: number
  readonly bookings: number
}

/** Many enough to be fast, few enough to show progress. */
const COURSES_PER_TRANSACTION = 100
const DAY = 86_400_000

/** Adds the catalogue if no course has ever been added. */
export async function seedIfEmpty(database: Database): Promise<void> {
  const [any] = await database.run((queries) => queries.select({ course_id: courses.course_id }).from(courses).limit(1))
  if (any === undefined) await seedCourses(database)
}

/**
 * Adds the seed's missing courses, each with its batches. Existing courses stay unchanged: those that were edited or
 * deleted, and others with the same slug.
 */
export async function seedCourses(database: Database, options: SeedOptions = {}): Promise<Seeded> {
  const { count = catalogue.length, seed = 1, onProgress } = options
  const today = Math.floor(Date.now() / DAY) * DAY
  const total = { courses: 0, batches: 0, bookings: 0 }
  for (let first = 0; first < count; first += COURSES_PER_TRANSACTION) {
    const last = Math.min(first + COURSES_PER_TRANSACTION, count)
    const added = await insertCourses(database, seed, first, last, today)
    total.courses += added.courses
    total.batches += added.batches
    total.bookings += added.bookings
    onProgress?.(last)
  }
  return total
}

/** One transaction, so that an interrupted seed can be repeated and leaves no course without its batches. */
function insertCourses(database: Database, seed: number, first: number, last: number, today: number): Promise<Seeded> {
  const plans = Array.from({ length: last - first }, (_, i) => planCourse(seed, first + i, today))
  return database.transaction(async (tx) => {
    const added = await tx
      .insert(courses)
      .values(plans.map(({ course }) => course))
      .onConflictDoNothing()
      .returning({ course_id: courses.course_id })
    const isAdded = new Set(added.map(({ course_id }) => course_id))
    const batchRows = plans.flatMap((plan) => (isAdded.has(plan.course.course_id) ? plan.batches : []))
    const bookingRows = exampleBookings(today).filter(({ course_id }) => isAdded.has(course_id))
    if (batchRows.length > 0) await tx.insert(batches).values(batchRows)
    if (bookingRows.length > 0) await tx.insert(bookings).values(bookingRows)
    return { courses: added.length, batches: batchRows.length, bookings: bookingRows.length }
  })
}

function planCourse(seed: number, index: number, today: number): { course: CourseRow; batches: BatchRow[] } {
  const known = catalogue[index]
  const described: SeedCourse = known ?? inventedCourse(seed, index)
  const created_at = new Date(seedTime(index)).toISOString()
  const course_id = known ? knownId('course', index) : derivedId(seedTime(index), seed, 'course', index)
  const { slug, name, description } = described
  return {
    course: { course_id, slug, name, description, published_at: created_at, created_at, updated_at: created_at },
    batches: described.batches.map((batch, nth) => ({
      batch_id: known ? knownId('batch', index * 10 + nth) : derivedId(seedTime(index), seed, 'batch', index, nth),
      course_id,
      ...planBatch(batch, today, index === 0 && nth === 0 ? seatsOfExamples : 0),
    })),
  }
}

function planBatch(batch: SeedBatch, today: number, taken: number): Omit<BatchRow, 'batch_id' | 'course_id'> {
  const { name, seats: max_seats, unavailable: unavailable_seats = 0, price, currency } = batch
  const starts = today + batch.startsIn * DAY + DAY * (9 / 24)
  return {
    name,
    starts_at: new Date(starts).toISOString(),
    ends_at: new Date(starts + batch.days * DAY).toISOString(),
    max_seats,
    available_seats: max_seats - unavailable_seats - taken,
    unavailable_seats,
    price,
    currency,
  }
}

/** One booking for each example in the documentation, all in the first batch of the first course. */
function exampleBookings(today: number): BookingRow[] {
  const created_at = new Date(seedTime(1)).toISOString()
  const inAYear = new Date(today + 365 * DAY).toISOString()
  const { price, currency } = (catalogue[0] as SeedCourse).batches[0] as SeedBatch
  const booking = {
    course_id: exampleIds.course,
    batch_id: exampleIds.batch,
    user_id: 'user-42',
    customer_name: 'Ada Lovelace',
    customer_email: 'ada@example.com',
    customer_phone: '+44 20 7946 0000',
    price,
    currency,
    created_at,
    updated_at: created_at,
  }
  // The usual hold of ten minutes would be over before a reader tries the example.
  const held = { reserved_at: created_at, expires_at: inAYear }
  return [
    { ...booking, booking_id: exampleIds.createdBooking, status: 'created' },
    { ...booking, booking_id: exampleIds.reservedBooking, status: 'reserved', ...held },
    { ...booking, booking_id: exampleIds.expirableBooking, status: 'created' },
    { ...booking, booking_id: exampleIds.completedBooking, status: 'completed', ...held, paid_at: created_at },
  ]
}

/** The reserved one and the completed one. */
const seatsOfExamples = 2
