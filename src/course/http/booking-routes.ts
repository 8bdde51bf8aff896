import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Problem, problemThat } from '../../platform/problem-schema.ts'
import type { BookingService } from '../booking.ts'
import { Booking, BookingQuery, bookingParams, IdempotencyKey, NewBooking } from '../booking-schemas.ts'
import { NextPageToken } from '../course-schemas.ts'
import { exampleIds } from '../seed-data.ts'
import { idempotencyOf, keyReused, replayHeaders } from './idempotency-key.ts'

const tags = ['Bookings']
const changed = { ...Booking, headers: replayHeaders }
const notFound = problemThat('There is no such booking.')

/** Bookings over HTTP. */
export const bookingRoutes: FastifyPluginAsyncTypebox<{ bookings: BookingService }> = async (app, { bookings }) => {
  // Tells the router that an id ends where a verb like `:reserve` begins. OpenAPI, logs, metrics and spans have the
  // route as written below.
  app.addHook('onRoute', (route) => {
    route.url = route.url.replace(/:booking_id(:?)/, (_, colon) => `:booking_id([^:]+)${colon && '::'}`)
  })

  app.post(
    '/v1/bookings',
    {
      schema: {
        operationId: 'createBooking',
        summary: 'Create a booking',
        description: 'Notes who wants which seat at which price. The seat itself is taken by `:reserve`.',
        tags,
        headers: IdempotencyKey,
        body: NewBooking,
        response: {
          201: {
            ...Booking,
            description: 'The booking, in status `created`.',
            headers: { Location: Type.String({ description: 'The path of the booking.' }), ...replayHeaders },
          },
          400: Problem,
          404: problemThat('There is no such course, or it has no such batch.'),
          409: problemThat('No seat is free, or nothing is open for booking.'),
          422: keyReused,
        },
      },
    },
    async (request, reply) => {
      const booking = await bookings.createBooking(request.body, idempotencyOf(request, reply))
      return reply.code(201).header('location', `/v1/bookings/${booking.booking_id}`).send(booking)
    },
  )

  app.get(
    '/v1/bookings',
    {
      schema: {
        operationId: 'listBookings',
        summary: 'List bookings',
        description: 'Newest first. A page token goes with the filters that it was given for.',
        tags,
        querystring: BookingQuery,
        response: {
          200: Type.Object(
            { bookings: Type.Immutable(Type.Array(Booking)), next_page_token: NextPageToken },
            { description: 'A page of bookings.' },
          ),
          400: Problem,
        },
      },
    },
    async ({ query }) => {
      const { items, next_page_token } = await bookings.listBookings(query)
      return { bookings: items, next_page_token }
    },
  )

  app.get(
    '/v1/bookings/:booking_id',
    {
      schema: {
        operationId: 'getBooking',
        summary: 'Get a booking',
        description: 'As it is now, whatever its status.',
        tags,
        params: bookingParams(exampleIds.completedBooking),
        response: { 200: Booking, 400: Problem, 404: notFound },
      },
    },
    ({ params }) => bookings.getBooking(params.booking_id),
  )

  app.post(
    '/v1/bookings/:booking_id:reserve',
    {
      schema: {
        operationId: 'reserveBooking',
        summary: 'Take a seat',
        description:
          'From `created` to `reserved`. The seat is held until `expires_at`, as a rule for ten minutes. Without a free seat the booking stays `created`.',
        tags,
        params: bookingParams(exampleIds.createdBooking),
        headers: IdempotencyKey,
        response: {
          200: changed,
          400: Problem,
          404: notFound,
          409: problemThat('No seat is free, the booking is not `created`, or the batch has ended.'),
          422: keyReused,
        },
      },
    },
    (request, reply) => bookings.reserveBooking(request.params.booking_id, idempotencyOf(request, reply)),
  )

  app.post(
    '/v1/bookings/:booking_id:complete',
    {
      schema: {
        operationId: 'completeBooking',
        summary: 'Record the payment',
        description:
          'From `reserved` to `completed`. After `expires_at` the booking becomes `expired` instead, and in a batch that has ended `failed`; both give the seat back.',
        tags,
        params: bookingParams(exampleIds.reservedBooking),
        headers: IdempotencyKey,
        response: {
          200: changed,
          400: Problem,
          404: notFound,
          409: problemThat('The booking is not `reserved`, its time is over, or the batch has ended.'),
          422: keyReused,
        },
      },
    },
    (request, reply) => bookings.completeBooking(request.params.booking_id, idempotencyOf(request, reply)),
  )

  app.post(
    '/v1/bookings/:booking_id:expire',
    {
      schema: {
        operationId: 'expireBooking',
        summary: 'Give up a booking',
        description: 'From `created` or `reserved` to `expired`. A seat that was held is free again.',
        tags,
        params: bookingParams(exampleIds.expirableBooking),
        headers: IdempotencyKey,
        response: {
          200: changed,
          400: Problem,
          404: notFound,
          409: problemThat('The booking has ended already.'),
          422: keyReused,
        },
      },
    },
    (request, reply) => bookings.expireBooking(request.params.booking_id, idempotencyOf(request, reply)),
  )
}
