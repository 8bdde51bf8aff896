import type { CallShared } from '../platform/database.ts'
import type { BookingRow } from './booking-row.ts'
import { fromPostgres } from './instant.ts'

/**
 * Reserves many bookings at once, of which `$1` has the ids, `$2` the times and `$3` the ends of the holds. It locks
 * those bookings that are `created`, then their batches, and so knows what others have left. In each batch the claims
 * that came first get its free seats; as many are taken, and the bookings of these claims are moved. Of a booking that
 * is there twice the first claim counts.
 *
 * Bookings and batches are locked in the order of their ids, so that two of these never wait for each other. A seat
 * that comes back while this waits for the lock is left to the next one: PostgreSQL tries an UPDATE on the row as it
 * was `seen` at first, where the CHECK constraint would refuse to take more. And the planner is not shown the array
 * in `$1`, because it would plan anew each time for so many elements.
 */
export const RESERVE = `
  with booking as (
    select booking_id, batch_id, array_position($1::uuid[], booking_id) as position from bookings
    where booking_id = any((select $1::uuid[])::uuid[]) and status = 'created'
    order by booking_id for no key update
  ), batch as (
    select batch_id, ends_at,
      least(available_seats, (select available_seats from batches as seen where seen.batch_id = batches.batch_id)) as free
    from batches where batch_id = any(array(select batch_id from booking))
    order by batch_id for no key update
  ), claim as (
    select booking_id, batch_id, position, free, row_number() over (partition by batch_id order by position) as seat
    from booking join batch using (batch_id) where ends_at > ($2::timestamptz[])[position]
  ), seats as (
    update batches set available_seats = batches.available_seats - taken
    from (select batch_id, max(seat) as taken from claim where seat <= free group by batch_id) as won
    where batches.batch_id = won.batch_id
  )
  update bookings set status = 'reserved', reserved_at = ($2::timestamptz[])[position],
    expires_at = ($3::timestamptz[])[position], updated_at = ($2::timestamptz[])[position]
  from claim where bookings.booking_id = claim.booking_id and seat <= free
  returning position, course_id, bookings.batch_id, user_id, customer_name, customer_email, customer_phone, price,
    currency, created_at`
  .trim()
  .replace(/\s+/g, ' ') // as one line in logs and spans

/** A row of its answer: the columns whose values the caller does not know. */
type Returned = readonly [
  position: number,
  course_id: string,
  batch_id: string,
  user_id: string,
  customer_name: string | null,
  customer_email: string | null,
  customer_phone: string | null,
  price: number,
  currency: string,
  created_at: string,
]

/**
 * Reserves a booking. Both times are instants of the domain, in UTC with milliseconds.
 *
 * @param call calls `RESERVE`
 * @returns undefined when the booking is not `created`, no seat is free, or the batch has ended
 */
export async function reserve(
  call: CallShared,
  bookingId: string,
  now: string,
  expiresAt: string,
): Promise<BookingRow | undefined> {
  const row = (await call([bookingId, now, expiresAt])) as Returned | undefined
  if (row === undefined) return undefined
  const [, course_id, batch_id, user_id, customer_name, customer_email, customer_phone, price, currency, created_at] =
    row
  return {
    booking_id: bookingId.toLowerCase(), // as PostgreSQL writes a UUID
    course_id,
    batch_id,
    user_id,
    customer_name,
    customer_email,
    customer_phone,
    price,
    currency,
    status: 'reserved',
    created_at: fromPostgres(created_at),
    reserved_at: now,
    expires_at: expiresAt,
    paid_at: null,
    updated_at: now,
  }
}
