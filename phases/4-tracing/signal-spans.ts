import { SpanKind, trace } from '@opentelemetry/api'
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_SYSTEM_NAME,
} from '@opentelemetry/semantic-conventions'
import fastifyPlugin from 'fastify-plugin'
import { type BookingSignal, signals } from '../../src/signals.ts'
import { spanFor } from './span-for.ts'

/** A span for everything that the application announces, and an event for what happens to bookings. */
export const signalSpans = fastifyPlugin(
  async (app) => {
    spanFor(app, signals.step, (step) => ({
      name: step.name,
      kind: SpanKind.INTERNAL,
      attributes: { ...step.attributes },
    }))

    spanFor(app, signals.query, ({ operation, table, text, system }) => ({
      name: `${operation} ${table}`,
      kind: SpanKind.CLIENT,
      attributes: {
        [ATTR_DB_SYSTEM_NAME]: system,
        [ATTR_DB_OPERATION_NAME]: operation,
        [ATTR_DB_COLLECTION_NAME]: table,
        [ATTR_DB_QUERY_TEXT]: text,
      },
    }))

    spanFor(
      app,
      signals.cache,
      ({ operation, entity, system }) => ({
        name: `${operation} ${entity}`,
        kind: system === 'redis' ? SpanKind.CLIENT : SpanKind.INTERNAL,
        attributes: { [ATTR_DB_SYSTEM_NAME]: system, [ATTR_DB_OPERATION_NAME]: operation },
      }),
      (span, { outcome }) => {
        if (outcome) span.setAttribute('cache.outcome', outcome)
      },
    )

    const onBooking = (message: unknown) => {
      const { status, bookingId, courseId, batchId } = message as BookingSignal
      trace.getActiveSpan()?.addEvent(`booking.${status}`, {
        'booking.id': bookingId,
        'booking.course_id': courseId,
        'booking.batch_id': batchId,
      })
    }
    signals.booking.subscribe(onBooking)
    app.addHook('onClose', async () => {
      signals.booking.unsubscribe(onBooking)
    })
  },
  { name: 'signal-spans', dependencies: ['server-spans'] },
)
