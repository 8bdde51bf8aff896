import fastifyPlugin from 'fastify-plugin'
import { Gauge } from 'prom-client'
import type {} from '../../src/course/plugin.ts'

/**
 * Gauges that are read from the database at each scrape, instead of counted up and down by events:
 * so they are right after a restart too, and every replica says the same. Aggregate them with max(),
 * not with sum().
 */
export const bookingGauges = fastifyPlugin(
  async (app) => {
    const reserved = new Gauge({
      name: 'booking_reserved_current',
      help: 'Bookings that hold a seat and have not been paid.',
      collect: refresh,
    })
    const sales = new Gauge({
      name: 'booking_potential_sales_amount',
      help: 'What the held seats would earn, in minor units of the currency.',
      labelNames: ['currency'],
    })

    async function refresh() {
      if (!app.hasDecorator('course')) return // the partner service has no bookings
      try {
        const outstanding = await app.course.bookings.outstanding()
        reserved.set(outstanding.reserved)
        sales.reset()
        for (const { currency, amount } of outstanding.potentialSales) sales.set({ currency }, amount)
      } catch (err) {
        // A database that is away must not take the other metrics with it.
        app.log.warn({ err }, 'the booking gauges keep their last values')
      }
    }
  },
  { name: 'booking-gauges', dependencies: ['process-metrics'] },
)
