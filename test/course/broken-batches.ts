import type { Sql } from 'postgres'

/**
 * Batches that violate 0 ≤ available ≤ max, and available + reserved + completed = max − unavailable. One statement, so
 * that it reads a consistent snapshot.
 */
export function brokenBatches(sql: Sql): Promise<Record<string, unknown>[]> {
  return sql`
    select batch_id, max_seats, available_seats, unavailable_seats
    from batches
    left join bookings using (batch_id)
    group by batch_id
    having available_seats not between 0 and max_seats
        or available_seats + count(booking_id) filter (where status in ('reserved', 'completed')) <> max_seats - unavailable_seats`
}
