import type { BookingStatus, OutstandingBookings } from '../../phases/booking/announcements.ts'
import type { Idempotency } from './idempotency.ts'
import type { Page, PageRequest } from './page.ts'

export type { BookingStatus, OutstandingBookings }

export interface Customer {
  readonly name: string
  readonly email: string
  readonly phone: string | null
}

/** One seat for one user. Times are RFC 3339 in UTC. */
export interface Booking {
  readonly booking_id: string
  readonly course_id: string
  readonly batch_id: string
  readonly user_id: string
  readonly customer: Customer | null
  /** The batch's price at the time of booking, in minor units of `currency`. */
  readonly price: number
  readonly currency: string
  readonly status: BookingStatus
  readonly created_at: string
  /** When the booking took a seat; stays set after the seat is given back. */
  readonly reserved_at: string | null
  /** When the hold on the seat ends. */
  readonly expires_at: string | null
  readonly paid_at: string | null
  readonly updated_at: string
}

export interface NewBooking {
  readonly course_id: string
  /** Default: the earliest batch with a free seat. */
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

/** How long `reserveBooking` holds a seat by default. */
export const HOLD_MS = 10 * 60 * 1000

/**
 * The operations on bookings:
 *
 *     created ──reserve──► reserved ──complete──► completed
 *        └───────expire───────┤ └──(batch has ended)──► failed
 *                             ▼
 *                          expired
 *
 * `reserved` takes a seat; `expired` and `failed` give it back, once. Ids are UUIDs.
 * Every method throws `DomainError` with the listed codes.
 *
 * A command with an idempotency key is safe to retry, at once or after a crash: it is executed once and gives the same
 * answer every time, be it the booking as it was then or a `DomainError`. A command that fails for another reason
 * leaves the key unused. Every command throws `idempotency_key_reused` for the key of another command.
 */
export interface BookingService {
  /**
   * Creates a booking, which holds no seat yet.
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
   * Records the payment. An overdue hold expires instead, and a hold in a batch that has ended fails; both give the seat
   * back and are a conflict.
   * @throws DomainError not_found; conflict: not `reserved`, overdue, or the batch has ended
   */
  completeBooking(bookingId: string, idempotency?: Idempotency): Promise<Booking>
  /** Ends an unpaid booking and gives its seat back. @throws DomainError not_found; conflict: it has already ended */
  expireBooking(bookingId: string, idempotency?: Idempotency): Promise<Booking>
}

/** The service that has the bookings in its own database. */
export interface OwnBookingService extends BookingService {
  /** One statement, cheap enough to be asked at every scrape. */
  outstanding(): Promise<OutstandingBookings>
}
