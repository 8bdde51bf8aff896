import { Type } from 'typebox'
import { Currency, Instant, Line, NullableInstant, Price, pageQuery, Uuid } from './course-schemas.ts'
import { exampleIds } from './seed-data.ts'

export const Status = Type.Enum(['created', 'reserved', 'completed', 'failed', 'expired'], { type: 'string' })

export const UserId = Line(128, {
  description: 'Whoever books: any name that the caller knows them by.',
  examples: ['user-42'],
})

const customerFields = {
  name: Line(200, { examples: ['Ada Lovelace'] }),
  email: Line(254, { format: 'email', examples: ['ada@example.com'] }),
}
const Phone = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  pattern: '^\\+?[0-9][0-9 ()./-]{2,31}$',
  examples: ['+44 20 7946 0000'],
})

export const Booking = Type.Object(
  {
    booking_id: Uuid(exampleIds.createdBooking),
    course_id: Uuid(exampleIds.course),
    batch_id: Uuid(exampleIds.batch),
    user_id: UserId,
    customer: Type.Unsafe<{ name: string; email: string; phone: string | null } | null>({
      type: ['object', 'null'],
      properties: { ...customerFields, phone: Phone },
      required: ['name', 'email', 'phone'],
    }),
    price: Price,
    currency: Currency,
    status: Status,
    created_at: Instant(),
    reserved_at: NullableInstant({ description: 'When the seat was taken.' }),
    expires_at: NullableInstant({ description: 'Until when the seat is held for payment.' }),
    paid_at: NullableInstant({ description: 'When the booking was completed.' }),
    updated_at: Instant(),
  },
  { title: 'Booking', description: 'The booking as it is now.' },
)

export const NewBooking = Type.Object(
  {
    course_id: Uuid(exampleIds.course),
    batch_id: Type.Optional(Uuid(exampleIds.batch, 'Left out: the earliest batch that has a free seat.')),
    user_id: UserId,
    customer: Type.Optional(
      Type.Object({ ...customerFields, phone: Type.Optional(Phone) }, { additionalProperties: false }),
    ),
  },
  {
    title: 'NewBooking',
    additionalProperties: false,
    examples: [
      {
        course_id: exampleIds.course,
        user_id: 'user-42',
        customer: { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+44 20 7946 0000' },
      },
    ],
  },
)

/** Filters and paging of the list of bookings. */
export const BookingQuery = Type.Object({
  status: Type.Optional(Status),
  user_id: Type.Optional(UserId),
  course_id: Type.Optional(Uuid(exampleIds.course)),
  ...pageQuery,
})

/** @param example a seeded booking on which the operation succeeds */
export const bookingParams = (example: string) => Type.Object({ booking_id: Uuid(example, 'The booking.') })

/**
 * The HTTP header, and the key of gRPC metadata. Visible ASCII passes through every header unchanged.
 *
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export const IdempotencyKey = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[!-~]+$',
      description:
        'Makes the request safe to send again: for 24 hours the same key and the same request get the same answer, and no second effect. Choose a new one, such as a UUID, for each request that means something new.',
    }),
  ),
})
