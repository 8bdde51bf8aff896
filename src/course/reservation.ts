import type { Booking } from './booking.ts'
import { toBooking } from './booking-row.ts'
import { fromPostgres } from './instant.ts'

/**
 * Reserves many bookings: `$1` has their ids, `$2` the current times and `$3` the ends of the holds. The statement locks
 * the bookings that are `created`, then their batches, so it sees the final number of free seats. In each batch the
 * first claims get the free seats. For a booking that occurs twice, the first claim counts.
 *
 * Bookings and batches are locked in the order of their ids, so that two of these statements cannot deadlock. A seat
 * that is freed while the statement waits for a lock goes to the next statement: PostgreSQL evaluates the UPDATE on the
 * row as first `seen`, where the CHECK constraint would refuse to take more. The subquery around `$1` hides the array
 * from the planner, which would otherwise make a new plan for each number of elements.
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

/** A returned row: the columns whose values the caller does not know. */
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

/** The booking of a row that `RESERVE` has returned. Both times are instants of the domain. */
export function reservedBooking(row: readonly unknown[], bookingId: string, now: string, expiresAt: string): Booking {
  const [, course_id, batch_id, user_id, customer_name, customer_email, customer_phone, price, currency, created_at] =
    row as Returned
  return toBooking({
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
  })
}
