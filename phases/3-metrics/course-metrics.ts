import fastifyPlugin from 'fastify-plugin'
import { Counter, Histogram } from 'prom-client'
import { type BookingSignal, type BookingStatus, signals } from '../../src/signals.ts'
import { onEnd } from '../1-logging/on-end.ts'
import type {} from './process-metrics.ts'

/** What the booking service does, counted: its statements, its cache, and the business itself. */
export const courseMetrics = fastifyPlugin(
  async (app) => {
    const queryDuration = new Histogram({
      name: 'db_client_operation_duration_seconds',
      help: 'Time that an SQL statement took, in seconds.',
      registers: [app.registry],
      labelNames: ['operation', 'table', 'outcome'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    })
    onEnd(app, signals.query, ({ operation, table, error }, latency) => {
      queryDuration.observe({ operation, table, outcome: error ? 'error' : 'ok' }, latency / 1000)
    })

    const cacheRequests = new Counter({
      name: 'cache_requests_total',
      help: 'Cache commands by result. The hit ratio is hits / (hits + misses).',
      registers: [app.registry],
      labelNames: ['operation', 'result'],
    })
    const cacheDuration = new Histogram({
      name: 'cache_operation_duration_seconds',
      help: 'Time that a cache command took, in seconds.',
      registers: [app.registry],
      labelNames: ['operation'],
      buckets: [0.00001, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1],
    })
    onEnd(app, signals.cache, ({ operation, outcome = 'error' }, latency) => {
      cacheDuration.observe({ operation }, latency / 1000)
      if (outcome !== 'ok') cacheRequests.inc({ operation, result: outcome })
    })

    const bookings = new Counter({
      name: 'booking_status_total',
      help: 'Bookings that have reached a status.',
      registers: [app.registry],
      labelNames: ['status'],
    })
    // A series that starts at 0 shows its first increase; one that appears with 1 hides it from rate().
    for (const status of STATUSES) bookings.inc({ status }, 0)

    const onBooking = (message: unknown) => {
      if (app.isOwnWork?.() !== false) bookings.inc({ status: (message as BookingSignal).status })
    }
    signals.booking.subscribe(onBooking)
    app.addHook('onClose', async () => {
      signals.booking.unsubscribe(onBooking)
    })
  },
  { name: 'course-metrics', dependencies: ['process-metrics'] },
)

const STATUSES: readonly BookingStatus[] = ['created', 'reserved', 'completed', 'failed', 'expired']
