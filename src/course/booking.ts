import type { BookingStatus, OutstandingBookings } from '../../phases/booking/announcements.ts'
import type { Idempotency } from './idempotency.ts'
import type { Page, PageRequest } from './page.ts'

export type { BookingStatus, OutstandingBookings }

export interface Customer {
  readonly name: string
  readonly email: string
  readonly phone: string | null
}

/** One seat for one user, on its way from `created` to `completed`. Times are RFC 3339 in UTC. */
export interface Booking {
  readonly booking_id: string
  readonly course_id: string
  readonly batch_id: string
  readonly user_id: string
  readonly customer: Customer | null
  /** The batch's price when the booking was made, in minor units of `currency`. */
  readonly price: number
  readonly currency: string
  readonly status: BookingStatus
  readonly created_at: string
  /** Set once the booking has held a seat. */
  readonly reserved_at: string | null
  /** Until when the seat is held. */
  readonly expires_at: string | null
  readonly paid_at: string | null
  readonly updated_at: string
}

export interface NewBooking {
  readonly course_id: string
  /** Left out: the earliest batch with a free seat. */
  readonly batch_id?: string
  readonly user_id: string
  readonly customer?: { readonly name: string; readonly email: string; readonly phone?: string | null }
}

export interface BookingFilter {
  readonly status?: BookingStatus
  readonly user_id?: string
  readonly course_id?: string
}

export type BookingListRequest = BookingFilter & PageRequest

/** How long `reserveBooking` holds a seat, unless the service is told otherwise. */
export const HOLD_MS = 10 * 60 * 1000

/**
 * What can be done with bookings:
 *
 *     created ──reserve──► reserved ──complete──► completed
 *        └───────expire───────┤ └──(batch has ended)──► failed
 *                             ▼
 *                          expired
 *
 * A seat is held from `reserved` on; `expired` and `failed` give it back, once. Ids are UUIDs.
 * Every method throws `DomainError` with the codes that it names.
 *
 * A command with an idempotency key is safe to retry, at once or after a crash: it is executed once and gives the same
 * answer every time, be it the booking as it was then or a `DomainError`. A command that fails for another reason
 * leaves the key unused. Every command throws `idempotency_key_reused` for the key of another command.
 */
export interface BookingService {
  /**
   * Makes a booking that holds no seat yet.
   * @throws DomainError not_found: the course or the batch; sold_out; conflict: nothing is open for booking
   */
  createBooking(booking: NewBooking, idempotency?: Idempotency): Promise<Booking>
  /** Newest first. @throws DomainError invalid: the page token */
  listBookings(request: BookingListRequest): Promise<Page<Booking>>
  /** @throws DomainError not_found */
  getBooking(bookingId: string): Promise<Booking>
  /**
   * Takes a seat and holds it until `expires_at`. Without a free seat the booking stays `created`.
   * @throws DomainError not_found; sold_out; conflict: not `created`, or the batch has ended
   */
  reserveBooking(bookingId: string, idempotency?: Idempotency): Promise<Booking>
  /**
   * Records that the seat is paid for. A hold that is overdue expires instead, and one in a batch
   * that has ended by now fails; both give the seat back and are a conflict.
   * @throws DomainError not_found; conflict: not `reserved`, overdue, or the batch has ended
   */
  completeBooking(bookingId: string, idempotency?: Idempotency): Promise<Booking>
  /** Ends a booking that is not paid for, and gives its seat back. @throws DomainError not_found; conflict: it has ended already */
  expireBooking(bookingId: string, idempotency?: Idempotency): Promise<Booking>
}

/** Where the bookings themselves are, and not only a way to them. */
export interface OwnBookingService extends BookingService {
  /** One statement, cheap enough to be asked at every scrape. */
  outstanding(): Promise<OutstandingBookings>
}
