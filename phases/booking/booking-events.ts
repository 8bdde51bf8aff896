import { trace } from '@opentelemetry/api'
import fastifyPlugin from 'fastify-plugin'
import { OWN } from '../4-tracing/own-attributes.ts'
import { onBooking } from './on-booking.ts'

/** Adds an event to the active span when a booking reaches a status. An event has a time, but no duration. */
export const bookingEvents = fastifyPlugin(
  async (app) => {
    onBooking(app, ({ status, bookingId, courseId, batchId }) => {
      trace.getActiveSpan()?.addEvent(`${OWN}.booking.${status}`, {
        [`${OWN}.booking.id`]: bookingId,
        [`${OWN}.booking.course_id`]: courseId,
        [`${OWN}.booking.batch_id`]: batchId,
      })
    })
  },
  { name: 'booking-events', dependencies: ['tracer-provider'] },
)
