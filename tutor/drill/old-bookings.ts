import { sql } from 'drizzle-orm'
import type { Database } from '../../src/platform/database.ts'
import { CUSTOMERS } from './everyday-traffic.ts'

/**
 * Years of bookings that are over, evenly spread over courses and customers, so that a statement which reads
 * more than it must takes as long as it does in an old shop. Takes about a second for 40 000.
 */
export async function addOldBookings(database: Database, count: number): Promise<void> {
  await database.transaction(async (tx) => {
    // For this transaction foreign keys are not looked up row by row: every row takes its keys from `batches`.
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
