import fastifyPlugin from 'fastify-plugin'
import { type BookingSignal, signals } from '../../src/signals.ts'
import { onEnd } from '../1-logging/on-end.ts'

/** Logs what the layers below the routes do. Their lines have the request's id, though none of them knows it. */
export const domainLog = fastifyPlugin(
  async (app) => {
    onEnd(app, signals.query, ({ operation, table, text, rows, error }, latency) => {
      if (error) app.log.warn({ operation, table, query: text, latency, err: error }, 'query failed')
      else app.log.debug({ operation, table, query: text, rows, latency }, 'query completed')
    })

    onEnd(app, signals.cache, ({ operation, entity, outcome, error }, latency) => {
      app.log.debug(
        { operation, entity, outcome, latency, ...(error ? { err: error } : {}) },
        'cache command completed',
      )
    })

    const onBooking = (message: unknown) => {
      if (app.isOwnWork?.() === false) return
      const { status, bookingId, courseId, batchId } = message as BookingSignal
      app.log.info({ booking_id: bookingId, course_id: courseId, batch_id: batchId }, `booking ${status}`)
    }
    signals.booking.subscribe(onBooking)
    app.addHook('onClose', async () => {
      signals.booking.unsubscribe(onBooking)
    })
  },
  { name: 'domain-log' },
)
