import { type Channel, channel } from 'node:diagnostics_channel'
import type {} from 'fastify'
import { APP_NAME } from '../app-name.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Reads the bookings that hold seats; undefined in a service without bookings. */
    outstandingBookings?(): Promise<OutstandingBookings>
  }
}

export type BookingStatus = 'created' | 'reserved' | 'completed' | 'failed' | 'expired'

/** A booking reached a status. Published after the database has committed it. */
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

/** Bookings that hold seats and are not paid. */
export interface OutstandingBookings {
  readonly reserved: number
  /** The sum of their prices by currency, in minor units. */
  readonly potentialSales: readonly { readonly currency: string; readonly amount: number }[]
}

export const bookingChannel = channel(`${APP_NAME}:booking`) as Channel<unknown, BookingAnnouncement>

/** Publishes that a booking has reached a status. */
export function announceBooking(announcement: BookingAnnouncement): void {
  if (bookingChannel.hasSubscribers) bookingChannel.publish(announcement)
}
