import { DomainError } from '../platform/domain-error.ts'
import { announce, announceBooking, signals } from '../signals.ts'
import {
  type Booking,
  type BookingListRequest,
  type BookingService,
  HOLD_MS,
  type NewBooking,
  type Outstanding,
} from './booking.ts'
import type { BookingStore } from './booking-store.ts'
import type { CourseCache } from './course-cache.ts'
import { type Page, pageKey, pageOf } from './page.ts'
import { uuidv7 } from './uuidv7.ts'

/** The bookings of this process. What happens to them is announced on `signals.booking` once it is committed. */
export class InProcessBooking implements BookingService {
  readonly #store: BookingStore
  readonly #courses: CourseCache
  readonly #now: () => Date

  constructor(store: BookingStore, courses: CourseCache, now = () => new Date()) {
    this.#store = store
    this.#courses = courses
    this.#now = now
  }

  async createBooking(booking: NewBooking): Promise<Booking> {
    const created = await this.#store.insert(uuidv7(), booking, this.#now().toISOString())
    tell(created)
    return created
  }

  async listBookings({ page_size, page_token, ...filter }: BookingListRequest): Promise<Page<Booking>> {
    const list = ['bookings', filter.status, filter.user_id, filter.course_id?.toLowerCase()]
    const rows = await this.#store.list(filter, page_size + 1, pageKey(list, page_token))
    return pageOf(list, page_size, rows, ({ created_at, booking_id }) => ({ created_at, id: booking_id }))
  }

  async getBooking(bookingId: string): Promise<Booking> {
    const booking = await this.#store.find(bookingId)
    if (booking === undefined) throw new DomainError('not_found', 'There is no such booking.')
    return booking
  }

  async reserveBooking(bookingId: string): Promise<Booking> {
    const now = this.#now()
    const expiresAt = new Date(now.getTime() + HOLD_MS)
    const reserved = await announce(signals.step, { name: 'take_seat' }, () =>
      this.#store.reserve(bookingId, now.toISOString(), expiresAt.toISOString()),
    )
    if (reserved === undefined) throw await this.#wrongStatus(bookingId, 'reserved')
    return this.#seatsChanged(reserved)
  }

  async completeBooking(bookingId: string): Promise<Booking> {
    const now = this.#now().toISOString()
    const completed = await this.#store.complete(bookingId, now)
    if (completed === undefined) throw await this.#cannotComplete(bookingId, now)
    tell(completed)
    return completed
  }

  async expireBooking(bookingId: string): Promise<Booking> {
    const expired = await this.#store.expire(bookingId, this.#now().toISOString())
    if (expired === undefined) throw await this.#wrongStatus(bookingId, 'expired')
    return this.#seatsChanged(expired)
  }

  outstanding(): Promise<Outstanding> {
    return this.#store.outstanding()
  }

  /** A hold that can no longer be paid for ends here and now, so that its seat is free for others. */
  async #cannotComplete(bookingId: string, now: string): Promise<DomainError> {
    const booking = await this.getBooking(bookingId)
    if (booking.status !== 'reserved') return wrongStatus(booking, 'completed')
    const ended =
      (await this.#store.expireOverdue(bookingId, now)) ?? (await this.#store.failInEndedBatch(bookingId, now))
    if (ended === undefined) return this.#wrongStatus(bookingId, 'completed')
    await this.#seatsChanged(ended)
    return new DomainError(
      'conflict',
      ended.status === 'expired'
        ? 'The seat was held until expires_at, which has passed. The booking has expired.'
        : 'The batch has ended. The booking has failed.',
    )
  }

  async #wrongStatus(bookingId: string, wanted: string): Promise<DomainError> {
    return wrongStatus(await this.getBooking(bookingId), wanted)
  }

  async #seatsChanged(booking: Booking): Promise<Booking> {
    tell(booking)
    if (booking.reserved_at !== null) await this.#courses.invalidate(booking.course_id)
    return booking
  }
}

function wrongStatus({ status }: Booking, wanted: string): DomainError {
  return new DomainError('conflict', `The booking is ${status}, so it cannot become ${wanted}.`)
}

function tell({ status, booking_id, course_id, batch_id, price, currency }: Booking): void {
  announceBooking({ status, bookingId: booking_id, courseId: course_id, batchId: batch_id, price, currency })
}
