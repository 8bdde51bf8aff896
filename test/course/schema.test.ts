import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { eq, sql } from 'drizzle-orm'
import t from 'tap'
import { migrations } from '../../src/course/migrations.ts'
import { batches, bookings, courses, idempotencyKeys } from '../../src/course/schema.ts'
import { seedCourses } from '../../src/course/seed.ts'
import { exampleIds } from '../../src/course/seed-data.ts'
import type { Database } from '../../src/platform/database.ts'
import { openEmbeddedDatabase } from '../../src/platform/embedded-database.ts'

const { createdBooking, reservedBooking, completedBooking } = exampleIds

const database = await openEmbeddedDatabase()
t.teardown(() => database.close())

t.test('a database of an earlier version is migrated with its data', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'course-app-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const journal = join(folder, 'meta/_journal.json')
  await cp(migrations, folder, { recursive: true })
  const { entries, ...rest } = JSON.parse(await readFile(journal, 'utf8')) as { entries: object[] }
  t.ok(entries.length > 1)
  await writeFile(journal, JSON.stringify({ ...rest, entries: entries.slice(0, 1) }))

  await database.migrate(pathToFileURL(`${folder}/`))
  await seedCourses(database)
  const before = await everything(database)
  t.ok(before.bookings.length > 0)
  await database.migrate(migrations)
  t.same(await everything(database), before)
  t.same(await database.run((queries) => queries.select().from(idempotencyKeys)), [])
  await database.migrate(migrations)
  t.same(await everything(database), before, 'a second time changes nothing')
})

t.test('constraints reject impossible rows', async (t) => {
  const changeBatch = (set: object) =>
    database.run((queries) => queries.update(batches).set(set).where(eq(batches.batch_id, exampleIds.batch)))
  const change = (bookingId: string, set: object) =>
    database.run((queries) => queries.update(bookings).set(set).where(eq(bookings.booking_id, bookingId)))
  const time = '2026-01-01T00:00:00.000Z'
  const later = '2026-01-02T00:00:00.000Z'

  const broken: [string, () => Promise<unknown>][] = [
    ['batches_available_seats', () => changeBatch({ available_seats: -1 })],
    ['batches_available_seats', () => changeBatch({ available_seats: sql`max_seats + 1` })],
    ['batches_available_seats', () => changeBatch({ unavailable_seats: sql`max_seats` })],
    ['batches_available_seats', () => changeBatch({ max_seats: 1 })],
    ['batches_max_seats', () => changeBatch({ max_seats: 0, available_seats: 0 })],
    ['batches_unavailable_seats', () => changeBatch({ unavailable_seats: -1 })],
    ['batches_ends_after_start', () => changeBatch({ ends_at: sql`starts_at` })],
    ['batches_price', () => changeBatch({ price: -1 })],
    ['batches_currency', () => changeBatch({ currency: 'eur' })],
    ['bookings_status', () => change(createdBooking, { status: 'paid' })],
    ['bookings_price', () => change(createdBooking, { price: -1 })],
    ['bookings_currency', () => change(createdBooking, { currency: '€' })],
    ['bookings_not_held', () => change(createdBooking, { reserved_at: time, expires_at: later })],
    ['bookings_held', () => change(createdBooking, { status: 'reserved' })],
    ['bookings_held', () => change(createdBooking, { status: 'failed' })],
    ['bookings_held', () => change(createdBooking, { status: 'completed', paid_at: time })],
    ['bookings_hold_has_end', () => change(reservedBooking, { status: 'expired', expires_at: null })],
    ['bookings_hold_has_end', () => change(reservedBooking, { status: 'expired', reserved_at: null })],
    ['bookings_hold_ends_later', () => change(reservedBooking, { expires_at: sql`reserved_at` })],
    ['bookings_paid', () => change(reservedBooking, { status: 'completed' })],
    ['bookings_paid', () => change(reservedBooking, { paid_at: time })],
    ['bookings_paid', () => change(completedBooking, { status: 'expired' })],
    ['bookings_paid', () => change(completedBooking, { paid_at: null })],
    ['idempotency_keys_key', () => insertKey('')],
    ['idempotency_keys_key', () => insertKey('x'.repeat(256))],
  ]
  for (const [constraint, attempt] of broken) {
    await t.rejects(attempt(), { name: 'DatabaseError', sqlState: '23514', constraint }, constraint)
  }

  function insertKey(key: string) {
    return database.run((queries) => queries.insert(idempotencyKeys).values({ key, fingerprint: '', expires_at: time }))
  }
})

async function everything({ run }: Database) {
  const [allCourses, allBatches, allBookings] = await Promise.all([
    run((queries) => queries.select().from(courses).orderBy(courses.course_id)),
    run((queries) => queries.select().from(batches).orderBy(batches.batch_id)),
    run((queries) => queries.select().from(bookings).orderBy(bookings.booking_id)),
  ])
  return { courses: allCourses, batches: allBatches, bookings: allBookings }
}
