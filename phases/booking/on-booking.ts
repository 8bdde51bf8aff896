import type { FastifyInstance } from 'fastify'
import type {} from '../1-logging/on-end.ts'
import { type BookingAnnouncement, bookingChannel } from './announcements.ts'

/** Calls `listener` each time that something has happened to a booking of this app, until the server closes. */
export function onBooking(app: FastifyInstance, listener: (announcement: BookingAnnouncement) => void): void {
  const onMessage = (message: unknown) => {
    if (app.isOwnWork?.() !== false) listener(message as BookingAnnouncement)
  }
  bookingChannel.subscribe(onMessage)
  app.addHook('onClose', async () => {
    bookingChannel.unsubscribe(onMessage)
  })
}
