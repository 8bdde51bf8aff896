import { sql } from 'drizzle-orm'
import type { Database } from '../../src/platform/database.ts'
import { CUSTOMERS } from './everyday-traffic.ts'

/**
 * Adds expired bookings, evenly spread over courses and customers, so that a statement without an index is as slow as
 * in a shop with years of data. 40 000 rows take about a second.
 */
export async function addOldBookings(database: Database, count: number): Promise<void> {
  await database.transaction(async (tx) => {
    // Skips foreign-key checks in this transaction: every row takes its keys from `batches`.
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(sql`
      with batch as (select *, row_number() over (order by batch_id) - 1 as nth, count(*) over () as batches from batches)
      insert into bookings (booking_id, course_id, batch_id, user_id, price, currency, status, created_at, updated_at)
      select gen_random_uuid(), course_id, batch_id, 'customer-' || (1 + n % ${CUSTOMERS}::int), price, currency, 'expired',
        now() - n * interval '10 minutes', now() - n * interval '10 minutes'
      from generate_series(1, ${count}::int) n join batch on nth = n % batches`)
  })
  await database.run((queries) => queries.execute(sql`analyze bookings`))
}
