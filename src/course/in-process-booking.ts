import { announce, channels } from '../../phases/announcements.ts'
import { DomainError } from '../platform/domain-error.ts'
import type { Booking, BookingListRequest, NewBooking, OutstandingBookings, OwnBookingService } from './booking.ts'
import type { BookingStore } from './booking-store.ts'
import type { CourseCache } from './course-cache.ts'
import { fingerprintOf, type Idempotency } from './idempotency.ts'
import type { IdempotencyStore } from './idempotency-store.ts'
import { type Page, pageKey, pageOf } from './page.ts'
import type { Outcome } from './recorded-answer.ts'
import { statusChanged } from './status-change.ts'
import { uuidv7 } from './uuidv7.ts'

export interface InProcessBookingOptions {
  readonly store: BookingStore
  readonly keys: IdempotencyStore
  readonly courses: CourseCache
  /** How long a seat is held, in milliseconds. */
  readonly holdMs: number
  /** The clock. Default: the system's. */
  readonly now?: () => Date
}

/** Bookings in this process's own database. Each new status is announced on `channels.booking` after its commit. */
export class InProcessBooking implements OwnBookingService {
  readonly #store: BookingStore
  readonly #keys: IdempotencyStore
  readonly #courses: CourseCache
  readonly #holdMs: number
  readonly #now: () => Date

  constructor({ store, keys, courses, holdMs, now = () => new Date() }: InProcessBookingOptions) {
    this.#store = store
    this.#keys = keys
    this.#courses = courses
    this.#holdMs = holdMs
    this.#now = now
  }

  createBooking(booking: NewBooking, idempotency?: Idempotency): Promise<Booking> {
    return this.#execute('create', booking, idempotency, async (store, now) => {
      const created = await store.insert(uuidv7(), booking, now.toISOString())
      return { answer: created, changed: created }
    })
  }

  async listBookings({ page_size, page_token, ...filter }: BookingListRequest): Promise<Page<Booking>> {
    const list = ['bookings', filter.status, filter.user_id, filter.course_id?.toLowerCase()]
    const rows = await this.#store.list(filter, page_size + 1, pageKey(list, page_token))
    return pageOf(list, page_size, rows, ({ created_at, booking_id }) => ({ created_at, id: booking_id }))
  }

  getBooking(bookingId: string): Promise<Booking> {
    return mustFind(this.#store, bookingId)
  }

  reserveBooking(bookingId: string, idempotency?: Idempotency): Promise<Booking> {
    return this.#execute('reserve', bookingId, idempotency, async (store, now) => {
      const expiresAt = new Date(now.getTime() + this.#holdMs)
      const reserved = await announce(channels.step, { name: 'take_seat' }, () =>
        store.reserve(bookingId, now.toISOString(), expiresAt.toISOString()),
      )
      if (reserved === undefined) throw await whyNot(store, bookingId, 'reserved')
      return { answer: reserved, changed: reserved }
    })
  }

  completeBooking(bookingId: string, idempotency?: Idempotency): Promise<Booking> {
    return this.#execute('complete', bookingId, idempotency, async (store, now) => {
      const completed = await store.complete(bookingId, now.toISOString())
      if (completed === undefined) return endInstead(store, bookingId, now.toISOString())
      return { answer: completed, changed: completed }
    })
  }

  expireBooking(bookingId: string, idempotency?: Idempotency): Promise<Booking> {
    return this.#execute('expire', bookingId, idempotency, async (store, now) => {
      const expired = await store.expire(bookingId, now.toISOString())
      if (expired === undefined) throw await whyNot(store, bookingId, 'expired')
      return { answer: expired, changed: expired }
    })
  }

  outstanding(): Promise<OutstandingBookings> {
    return this.#store.outstanding()
  }

  /** Executes a command, only once if it has a key, and announces the new status after the commit. */
  async #execute(
    command: string,
    argument: NewBooking | string,
    idempotency: Idempotency | undefined,
    work: (store: BookingStore, now: Date) => Promise<Outcome>,
  ): Promise<Booking> {
    const now = this.#now()
    const { answer, changed } =
      idempotency === undefined
        ? await work(this.#store, now)
        : await this.#keys.once({ ...idempotency, fingerprint: fingerprintOf(command, canonical(argument)), now }, work)
    if (changed !== undefined) await statusChanged([changed], this.#courses)
    if (answer instanceof DomainError) throw answer
    return answer
  }
}

/** Equal for equal requests: ids may be in capitals, and a phone may be null or left out. */
function canonical(argument: NewBooking | string): NewBooking | string {
  if (typeof argument === 'string') return argument.toLowerCase()
  const { course_id, batch_id, customer, ...same } = argument
  return {
    ...same,
    course_id: course_id.toLowerCase(),
    ...(batch_id && { batch_id: batch_id.toLowerCase() }),
    ...(customer && { customer: { ...customer, phone: customer.phone ?? undefined } }),
  }
}

/** Ends a hold that can no longer be paid for, which frees its seat. */
async function endInstead(store: BookingStore, bookingId: string, now: string): Promise<Outcome> {
  const booking = await mustFind(store, bookingId)
  if (booking.status !== 'reserved') throw wrongStatus(booking, 'completed')
  const ended = (await store.expireOverdue(bookingId, now)) ?? (await store.failInEndedBatch(bookingId, now))
  if (ended === undefined) throw await whyNot(store, bookingId, 'completed')
  const detail =
    ended.status === 'expired'
      ? 'The seat was held until expires_at, which has passed. The booking has expired.'
      : 'The batch has ended. The booking has failed.'
  return { answer: new DomainError('conflict', detail), changed: ended }
}

async function mustFind(store: BookingStore, bookingId: string): Promise<Booking> {
  const booking = await store.find(bookingId)
  if (booking === undefined) throw new DomainError('not_found', 'There is no such booking.')
  return booking
}

async function whyNot(store: BookingStore, bookingId: string, wanted: string): Promise<DomainError> {
  return wrongStatus(await mustFind(store, bookingId), wanted)
}

function wrongStatus({ status }: Booking, wanted: string): DomainError {
  return new DomainError('conflict', `The booking is ${status}, so it cannot become ${wanted}.`)
}
