import type { Booking } from './booking.ts'
import type { bookings } from './schema.ts'

/** A booking as the database has it. */
export type BookingRow = typeof bookings.$inferSelect

export function toBooking(row: BookingRow): Booking {
  const { customer_name: name, customer_email: email, customer_phone: phone } = row
  return {
    booking_id: row.booking_id,
    course_id: row.course_id,
    batch_id: row.batch_id,
    user_id: row.user_id,
    customer: name !== null && email !== null ? { name, email, phone } : null,
    price: row.price,
    currency: row.currency,
    status: row.status,
    created_at: row.created_at,
    reserved_at: row.reserved_at,
    expires_at: row.expires_at,
    paid_at: row.paid_at,
    updated_at: row.updated_at,
  }
}
