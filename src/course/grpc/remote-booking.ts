import type { CallOptions, GrpcClient } from '../../platform/grpc/client.ts'
import { serviceDefinition } from '../../platform/grpc/definitions.ts'
import type { Method } from '../../platform/grpc/unary-call.ts'
import type { ReceivedBooking } from '../../proto/course/v1/Booking.ts'
import type { BookingServiceDefinition } from '../../proto/course/v1/BookingService.ts'
import type { Booking, BookingListRequest, BookingService, NewBooking } from '../booking.ts'
import type { Idempotency } from '../idempotency.ts'
import type { Page } from '../page.ts'
import { toStatusMessage } from './messages.ts'
import { READ, WRITE } from './remote-calls.ts'
import { fromBookingMessage } from './remote-messages.ts'

/** Bookings in another process. In addition to the errors of `BookingService`, every method throws `unavailable` and `timeout`. */
export class RemoteBooking implements BookingService {
  readonly #client: GrpcClient
  readonly #methods = serviceDefinition<BookingServiceDefinition>('course.v1.BookingService')

  constructor(client: GrpcClient) {
    this.#client = client
  }

  createBooking({ customer, ...same }: NewBooking, idempotency?: Idempotency): Promise<Booking> {
    const request = { ...same, ...(customer && { customer: { ...customer, phone: customer.phone ?? undefined } }) }
    return this.#command(this.#methods.CreateBooking, request, idempotency)
  }

  async listBookings({ status, ...same }: BookingListRequest): Promise<Page<Booking>> {
    const request = { ...same, ...(status && { status: toStatusMessage(status) }) }
    const { bookings, next_page_token } = await this.#client.call(this.#methods.ListBookings, request, READ)
    return { items: bookings.map(fromBookingMessage), next_page_token }
  }

  async getBooking(booking_id: string): Promise<Booking> {
    return fromBookingMessage(await this.#client.call(this.#methods.GetBooking, { booking_id }, READ))
  }

  reserveBooking(booking_id: string, idempotency?: Idempotency): Promise<Booking> {
    return this.#command(this.#methods.ReserveBooking, { booking_id }, idempotency)
  }

  completeBooking(booking_id: string, idempotency?: Idempotency): Promise<Booking> {
    return this.#command(this.#methods.CompleteBooking, { booking_id }, idempotency)
  }

  expireBooking(booking_id: string, idempotency?: Idempotency): Promise<Booking> {
    return this.#command(this.#methods.ExpireBooking, { booking_id }, idempotency)
  }

  async #command<Request>(
    method: Method<Request, ReceivedBooking>,
    request: Request,
    idempotency: Idempotency | undefined,
  ): Promise<Booking> {
    return fromBookingMessage(await this.#client.call(method, request, optionsFor(idempotency)))
  }
}

/** A command with a key is safe to retry, because the server executes it once. */
function optionsFor(idempotency: Idempotency | undefined): CallOptions {
  if (idempotency === undefined) return WRITE
  return {
    ...WRITE,
    isRepeatable: true,
    metadata: { 'idempotency-key': idempotency.key },
    onAnswer: (metadata) => {
      if (metadata.get('idempotency-replayed') === 'true') idempotency.onReplay?.()
    },
  }
}
