import type { Send } from '../platform/database.ts'
import type { BookingRow } from './booking-store.ts'
import { fromPostgres } from './instant.ts'

/**
 * First it locks the booking, if that is `created`, then it takes a seat for it, if one is free, and with
 * that it moves the booking. Of many that compete for the last seat each waits for the one before and then
 * sees what that one has left.
 */
const RESERVE = `
  with booking as (
    select batch_id from bookings where booking_id = $1 and status = 'created' for update
  ), seat as (
    update batches set available_seats = available_seats - 1 from booking
    where batches.batch_id = booking.batch_id and available_seats > 0 and ends_at > $2
    returning batches.batch_id
  )
  update bookings set status = 'reserved', reserved_at = $2, expires_at = $3, updated_at = $2 from seat
  where booking_id = $1
  returning course_id, bookings.batch_id, user_id, customer_name, customer_email, customer_phone, price, currency,
    created_at`
  .trim()
  .replace(/\s+/g, ' ') // as one line in logs and spans

/** A row of its answer: the columns whose values the caller does not know. */
type Returned = readonly [
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
 * Reserves a booking in one statement. Both times are instants of the domain, in UTC with milliseconds.
 *
 * @returns undefined when the booking is not `created`, no seat is free, or the batch has ended
 */
export function reserve(
  send: Send,
  bookingId: string,
  now: string,
  expiresAt: string,
): Promise<BookingRow | undefined> {
  return send<Returned>(RESERVE, [bookingId, now, expiresAt]).then(({ rows: [row] }) => {
    if (row === undefined) return undefined
    const [course_id, batch_id, user_id, customer_name, customer_email, customer_phone, price, currency, created_at] =
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
  })
}
