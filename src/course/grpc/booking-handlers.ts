import { status } from '@grpc/grpc-js'
import { GrpcError } from '../../platform/grpc/grpc-error.ts'
import { type Call, unary } from '../../platform/grpc/unary.ts'
import type { BookingServiceHandlers } from '../../proto/course/v1/BookingService.ts'
import type { Booking, BookingService } from '../booking.ts'
import { BookingQuery, bookingParams, IdempotencyKey, NewBooking } from '../booking-schemas.ts'
import { type Idempotency, IdempotencyKeyReused } from '../idempotency.ts'
import { exampleIds } from '../seed-data.ts'
import { fromStatusMessage, toBookingMessage } from './messages.ts'
import { checked } from './validation.ts'

const BookingParams = bookingParams(exampleIds.createdBooking)

/** Bookings over gRPC: `course.v1.BookingService`. */
export function bookingHandlers(bookings: BookingService): BookingServiceHandlers {
  return {
    CreateBooking: unary(async ({ customer, ...same }, call) => {
      const booking = checked(NewBooking, { ...same, ...(customer && { customer }) })
      return command(call, (key) => bookings.createBooking(booking, key))
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
      return command(call, (key) => bookings.reserveBooking(booking_id, key))
    }),
    CompleteBooking: unary(async (request, call) => {
      const { booking_id } = checked(BookingParams, request)
      return command(call, (key) => bookings.completeBooking(booking_id, key))
    }),
    ExpireBooking: unary(async (request, call) => {
      const { booking_id } = checked(BookingParams, request)
      return command(call, (key) => bookings.expireBooking(booking_id, key))
    }),
  }
}

/** Calls a service on behalf of a call that may have an `idempotency-key`, as REST does with its header of that name. */
async function command(call: Call, work: (idempotency: Idempotency | undefined) => Promise<Booking>) {
  const { 'idempotency-key': key } = checked(IdempotencyKey, keyOf(call))
  const onReplay = () => call.responseMetadata.set('idempotency-replayed', 'true')
  try {
    return toBookingMessage(await work(key === undefined ? undefined : { key, onReplay }))
  } catch (error) {
    if (!(error instanceof IdempotencyKeyReused)) throw error
    const fields = [{ path: '/idempotency-key', message: 'was used for another request' }]
    throw new GrpcError(status.INVALID_ARGUMENT, 'IDEMPOTENCY_KEY_REUSED', error.message, fields)
  }
}

function keyOf({ requestMetadata }: Call): Record<string, string> {
  const key = requestMetadata.get('idempotency-key')
  return key === undefined ? {} : { 'idempotency-key': key }
}
