import { setTimeout as delay } from 'node:timers/promises'
import fastifyPlugin from 'fastify-plugin'
import { Gauge } from 'prom-client'
import type {} from '../3-metrics/process-metrics.ts'
import type {} from './announcements.ts'

/** How long a scrape waits for the database, in milliseconds. A healthy one answers well within it. */
const PATIENCE_MS = 100

/**
 * Gauges that are read from the database, instead of counted up and down by events: so they are right after a
 * restart too, and every replica says the same. Aggregate them with max(), not with sum().
 *
 * A scrape starts the reading, but hardly waits for it: when the database is slow or down, the metrics that would
 * tell of it must not be late or missing themselves. It gets the last values then, and how old they are is a
 * metric, too. Before the first reading there are no values, rather than zeros that were never read.
 */
export const bookingGauges = fastifyPlugin(
  async (app) => {
    const reserved = new Gauge({
      name: 'booking_reserved_current',
      help: 'Bookings that hold a seat and have not been paid.',
      registers: [app.registry],
      collect: refresh,
    })
    const sales = new Gauge({
      name: 'booking_potential_sales_amount',
      help: 'What the held seats would earn, in minor units of the currency.',
      registers: [app.registry],
      labelNames: ['currency'],
      collect: refresh,
    })
    const readAt = new Gauge({
      name: 'booking_gauges_last_success_timestamp_seconds',
      help: 'When the other booking gauges were last read from the database, in seconds since 1970.',
      registers: [app.registry],
      collect: refresh,
    })
    for (const gauge of [reserved, readAt]) gauge.remove() // a gauge without labels begins with 0

    let reading: Promise<void> | undefined
    let scrape: Promise<void> | undefined
    let isOut = false

    /** All three gauges of a scrape wait for the same reading, and no longer than for PATIENCE_MS. */
    function refresh(): Promise<void> {
      scrape ??= Promise.race([readOnce(), delay(PATIENCE_MS, undefined, { ref: false })]).finally(() => {
        scrape = undefined
      })
      return scrape
    }

    /** While the database has not answered the last time, it is not asked once more. */
    function readOnce(): Promise<void> {
      reading ??= read().finally(() => {
        reading = undefined
      })
      return reading
    }

    async function read(): Promise<void> {
      if (app.outstandingBookings === undefined) return // the partner service has no bookings
      try {
        const outstanding = await app.outstandingBookings()
        reserved.set(outstanding.reserved)
        sales.reset()
        for (const { currency, amount } of outstanding.potentialSales) sales.set({ currency }, amount)
        readAt.set(Date.now() / 1000)
        if (isOut) app.log.info('the booking gauges are read again')
        isOut = false
      } catch (err) {
        if (!isOut) app.log.warn({ err }, 'the booking gauges cannot be read; they keep their last values')
        isOut = true
      }
    }
  },
  { name: 'booking-gauges', dependencies: ['process-metrics'] },
)
