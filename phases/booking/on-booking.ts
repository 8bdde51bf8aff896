import type { FastifyInstance } from 'fastify'
import { listen } from '../1-logging/listen.ts'
import type {} from '../1-logging/on-end.ts'
import { type BookingAnnouncement, bookingChannel } from './announcements.ts'

/** Calls `listener` each time a booking of this app reaches a status, until the server closes. */
export function onBooking(app: FastifyInstance, listener: (announcement: BookingAnnouncement) => void): void {
  listen(app, bookingChannel, (message) => {
    if (app.isOwnWork?.() !== false) listener(message)
  })
}
