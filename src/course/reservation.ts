import type { BookingRow } from './booking-store.ts'
import { fromPostgres } from './instant.ts'

/**
 * The values are the booking's id, the time that it is now, and the time until which the seat is held.
 *
 * First it locks the booking, if that is `created`, then it takes a seat for it, if one is free, and with
 * that it moves the booking. Of many that compete for the last seat each waits for the one before and then
 * sees what that one has left.
 */
export const RESERVE = `
  with booking as (
    select batch_id from bookings where booking_id = $1 and status = 'created' for update
  ), seat as (
    update batches set available_seats = available_seats - 1 from booking
    where batches.batch_id = booking.batch_id and available_seats > 0 and ends_at > $2
    returning batches.batch_id
  )
  update bookings set status = 'reserved', reserved_at = $2, expires_at = $3, updated_at = $2 from seat
  where booking_id = $1
  returning bookings.booking_id, course_id, bookings.batch_id, user_id, customer_name, customer_email, customer_phone,
    price, currency, created_at, reserved_at, expires_at, updated_at`

/** What it returns. */
export type Reserved = readonly [
  booking_id: string,
  course_id: string,
  batch_id: string,
  user_id: string,
  customer_name: string | null,
  customer_email: string | null,
  customer_phone: string | null,
  price: number,
  currency: string,
  created_at: string,
  reserved_at: string,
  expires_at: string,
  updated_at: string,
]

/** The booking that has been reserved. */
export function rowOf([
  booking_id,
  course_id,
  batch_id,
  user_id,
  customer_name,
  customer_email,
  customer_phone,
  price,
  currency,
  created_at,
  reserved_at,
  expires_at,
  updated_at,
]: Reserved): BookingRow {
  return {
    booking_id,
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
    reserved_at: fromPostgres(reserved_at),
    expires_at: fromPostgres(expires_at),
    paid_at: null,
    updated_at: fromPostgres(updated_at),
  }
}
