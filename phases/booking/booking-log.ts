import fastifyPlugin from 'fastify-plugin'
import { onBooking } from './on-booking.ts'

/** Logs each status that a booking reaches: at info, because the business wants to know. */
export const bookingLog = fastifyPlugin(
  async (app) => {
    onBooking(app, ({ status, bookingId, courseId, batchId }) => {
      app.log.info({ booking_id: bookingId, course_id: courseId, batch_id: batchId }, `booking ${status}`)
    })
  },
  { name: 'booking-log', dependencies: ['request-scope'] },
)
