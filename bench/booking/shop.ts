import type { Sql } from 'postgres'
import { numberedId, numberedIdSql } from '../numbered-id.ts'

/** How the bookings are spread: all of them after the seats of one batch, or each after one of many. */
export type Crowd = 'one batch' | 'many batches'

const COURSE = numberedId(0)
/** A course that is only read, of the usual size. */
export const readCourse = numberedId(1)
/** Enough that two clients hardly ever meet in one, in whichever order they take the bookings. */
const BATCHES = 2000

/** Makes the course and the batches that bookings are made for. The schema is there already. */
export async function openShop(sql: Sql): Promise<void> {
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

/** Throws all bookings away and makes new ones in status `created`, whose ids are numbered from 0. */
export async function stockShop(sql: Sql, count: number, crowd: Crowd): Promise<void> {
  const batch = numberedIdSql(crowd === 'one batch' ? '0' : `abs(hashint4(n)) % ${BATCHES}`)
  await sql`truncate bookings`
  await sql`update batches set available_seats = max_seats where course_id = ${COURSE} and available_seats <> max_seats`
  await sql.unsafe(`
    insert into bookings (booking_id, course_id, batch_id, user_id, price, currency, status, created_at, updated_at)
    select ${numberedIdSql('n')}, '${COURSE}', ${batch}, 'user-' || n, 4900, 'EUR', 'created', now(), now()
    from generate_series(0, ${count - 1}) n`)
  // So that neither a late vacuum nor a checkpoint falls into one measurement and not into another.
  await sql`vacuum analyze batches, bookings`
  await sql`checkpoint`
}

/** How many bookings are reserved, and how many seats are taken: the same, or something is wrong. */
export async function sold(sql: Sql): Promise<{ readonly bookings: number; readonly seats: number }> {
  const [row] = await sql<{ bookings: number; seats: number }[]>`
    select (select count(*)::int from bookings where status = 'reserved') as bookings,
      (select sum(max_seats - available_seats)::int from batches where course_id = ${COURSE}) as seats`
  return row ?? { bookings: 0, seats: 0 }
}
