import fastifyPlugin from 'fastify-plugin'
import { Counter } from 'prom-client'
import type {} from '../3-metrics/process-metrics.ts'
import type { BookingStatus } from './announcements.ts'
import { onBooking } from './on-booking.ts'

/** Counts the statuses that bookings reach. */
export const bookingMetrics = fastifyPlugin(
  async (app) => {
    const bookings = new Counter({
      name: 'booking_status_total',
      help: 'Bookings that have reached a status.',
      registers: [app.registry],
      labelNames: ['status'],
    })
    // A series that starts at 0 shows its first increase. If it starts at 1, rate() does not see that increase.
    for (const status of STATUSES) bookings.inc({ status }, 0)

    onBooking(app, ({ status }) => bookings.inc({ status }))
  },
  { name: 'booking-metrics', dependencies: ['process-metrics'] },
)

const STATUSES: readonly BookingStatus[] = ['created', 'reserved', 'completed', 'failed', 'expired']
