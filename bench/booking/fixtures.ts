import type { Sql } from 'postgres'
import { numberedId, numberedIdSql } from '../numbered-id.ts'

/** How contended the seats are: all bookings want the same batch, or they are spread over many. */
export type Crowd = 'one batch' | 'many batches'

const COURSE = numberedId(0)
/** A course of the usual size for the read workloads. */
export const readCourse = numberedId(1)
/** Enough batches that two clients rarely lock the same one, whatever the order of the bookings. */
const BATCHES = 2000

/** Inserts the courses and batches. The schema must exist. */
export async function createCourses(sql: Sql): Promise<void> {
  await sql`
    insert into courses (course_id, slug, name, description, published_at, created_at, updated_at)
    values (${COURSE}, 'bench-booked', 'Booked', '', now(), now(), now()),
      (${readCourse}, 'bench-read', 'Read', 'Logs, metrics and traces, one step at a time.', now(), now(), now())`
  await addBatches(sql, COURSE, 0, BATCHES)
  await addBatches(sql, readCourse, BATCHES, 3)
}

async function addBatches(sql: Sql, course: string, first: number, count: number): Promise<void> {
  await sql.unsafe(`
    insert into batches (batch_id, course_id, name, starts_at, ends_at, max_seats, available_seats, price, currency)
    select ${numberedIdSql('n')}, '${course}', 'Batch ' || n, now() + interval '1 year', now() + interval '2 years',
      10000000, 10000000, 4900, 'EUR'
    from generate_series(${first}, ${first + count - 1}) n`)
}

/** Replaces all bookings by new ones in status `created`, with ids numbered from 0. */
export async function resetBookings(sql: Sql, count: number, crowd: Crowd): Promise<void> {
  const batch = numberedIdSql(crowd === 'one batch' ? '0' : `abs(hashint4(n)) % ${BATCHES}`)
  await sql`truncate bookings`
  await sql`update batches set available_seats = max_seats where course_id = ${COURSE} and available_seats <> max_seats`
  await sql.unsafe(`
    insert into bookings (booking_id, course_id, batch_id, user_id, price, currency, status, created_at, updated_at)
    select ${numberedIdSql('n')}, '${COURSE}', ${batch}, 'user-' || n, 4900, 'EUR', 'created', now(), now()
    from generate_series(0, ${count - 1}) n`)
  // Otherwise a late vacuum or checkpoint would slow down a random measurement.
  await sql`vacuum analyze batches, bookings`
  await sql`checkpoint`
}

/** Counts reserved bookings and taken seats. The two must be equal. */
export async function countReserved(sql: Sql): Promise<{ readonly bookings: number; readonly seats: number }> {
  const [row] = await sql<{ bookings: number; seats: number }[]>`
    select (select count(*)::int from bookings where status = 'reserved') as bookings,
      (select sum(max_seats - available_seats)::int from batches where course_id = ${COURSE}) as seats`
  return row ?? { bookings: 0, seats: 0 }
}
