import { type Channel, channel } from 'node:diagnostics_channel'
import type {} from 'fastify'
import { APP_NAME } from '../app-name.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Reads which seats are held; undefined for a service that has no bookings of its own. */
    outstandingBookings?(): Promise<OutstandingBookings>
  }
}

export type BookingStatus = 'created' | 'reserved' | 'completed' | 'failed' | 'expired'

/** Something happened to a booking. Published after the database has committed it. */
export interface BookingAnnouncement {
  readonly status: BookingStatus
  readonly bookingId: string
  readonly courseId: string
  readonly batchId: string
  /** In minor units of `currency`: 4900 is 49.00. */
  readonly price: number
  /** ISO 4217. */
  readonly currency: string
}

/** The seats that are held and not paid for. */
export interface OutstandingBookings {
  readonly reserved: number
  /** What they will bring if all are paid, in minor units, by currency. */
  readonly potentialSales: readonly { readonly currency: string; readonly amount: number }[]
}

export const bookingChannel = channel(`${APP_NAME}:booking`) as Channel<unknown, BookingAnnouncement>

/** Tells the listeners what has happened to a booking. */
export function announceBooking(announcement: BookingAnnouncement): void {
  if (bookingChannel.hasSubscribers) bookingChannel.publish(announcement)
}
