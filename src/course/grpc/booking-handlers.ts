import { type Call, unary } from '../../platform/grpc/unary.ts'
import type { BookingServiceHandlers } from '../../proto/course/v1/BookingService.ts'
import type { BookingService } from '../booking.ts'
import { BookingQuery, bookingParams, IdempotencyKey, NewBooking } from '../booking-schemas.ts'
import type { Idempotency } from '../idempotency.ts'
import { exampleIds } from '../seed-data.ts'
import { fromStatusMessage, toBookingMessage } from './messages.ts'
import { checked } from './validation.ts'

const BookingParams = bookingParams(exampleIds.createdBooking)

/** Bookings over gRPC: `course.v1.BookingService`. */
export function bookingHandlers(bookings: BookingService): BookingServiceHandlers {
  return {
    CreateBooking: unary(async ({ customer, ...same }, call) => {
      const booking = checked(NewBooking, { ...same, ...(customer && { customer }) })
      return toBookingMessage(await bookings.createBooking(booking, idempotencyOf(call)))
    }),
    GetBooking: unary(async (request) => {
      const { booking_id } = checked(BookingParams, request)
      return toBookingMessage(await bookings.getBooking(booking_id))
    }),
    ListBookings: unary(async ({ status, ...same }) => {
      const query = checked(BookingQuery, { ...same, status: fromStatusMessage(status) })
      const { items, next_page_token } = await bookings.listBookings(query)
      return { bookings: items.map(toBookingMessage), next_page_token }
    }),
    ReserveBooking: unary(async (request, call) => {
      const { booking_id } = checked(BookingParams, request)
      return toBookingMessage(await bookings.reserveBooking(booking_id, idempotencyOf(call)))
    }),
    CompleteBooking: unary(async (request, call) => {
      const { booking_id } = checked(BookingParams, request)
      return toBookingMessage(await bookings.completeBooking(booking_id, idempotencyOf(call)))
    }),
    ExpireBooking: unary(async (request, call) => {
      const { booking_id } = checked(BookingParams, request)
      return toBookingMessage(await bookings.expireBooking(booking_id, idempotencyOf(call)))
    }),
  }
}

/** The `idempotency-key` in a call's metadata, if it has one: the same as the header of that name over HTTP. */
function idempotencyOf({ requestMetadata, responseMetadata }: Call): Idempotency | undefined {
  const key = requestMetadata.get('idempotency-key')
  if (key === undefined) return undefined
  checked(IdempotencyKey, { 'idempotency-key': key })
  return { key, onReplay: () => responseMetadata.set('idempotency-replayed', 'true') }
}
