import { setTimeout as delay } from 'node:timers/promises'
import fastifyPlugin from 'fastify-plugin'
import { Gauge } from 'prom-client'
import type {} from '../3-metrics/process-metrics.ts'
import type {} from './announcements.ts'

/** How long a scrape waits for the database, in milliseconds. A healthy database answers much faster. */
const MAX_WAIT_MS = 100

/**
 * Gauges that are read from the database instead of being counted up and down by events. They are right after a
 * restart too, and every replica shows the same values: aggregate them with max(), not with sum().
 *
 * A scrape starts the query, but hardly waits for it. When the database is slow or down, the metrics that show it must
 * not be late or missing. The scrape then gets the last values, and another metric shows how old they are. Before the
 * first query has succeeded there are no values, rather than zeros that were never read.
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
    const lastSuccess = new Gauge({
      name: 'booking_gauges_last_success_timestamp_seconds',
      help: 'When the other booking gauges were last read from the database, in seconds since 1970.',
      registers: [app.registry],
      collect: refresh,
    })
    for (const gauge of [reserved, lastSuccess]) gauge.remove() // a gauge without labels starts at 0

    let reading: Promise<void> | undefined
    let scrape: Promise<void> | undefined
    let isFailing = false

    /** All three gauges of a scrape wait for the same query, up to MAX_WAIT_MS. */
    function refresh(): Promise<void> {
      scrape ??= Promise.race([readOnce(), delay(MAX_WAIT_MS, undefined, { ref: false })]).finally(() => {
        scrape = undefined
      })
      return scrape
    }

    /** Starts no second query while one is in flight. */
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
        lastSuccess.set(Date.now() / 1000)
        if (isFailing) app.log.info('the booking gauges are read again')
        isFailing = false
      } catch (err) {
        if (!isFailing) app.log.warn({ err }, 'the booking gauges cannot be read; they keep their last values')
        isFailing = true
      }
    }
  },
  { name: 'booking-gauges', dependencies: ['process-metrics'] },
)
