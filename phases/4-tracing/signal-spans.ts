import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
} from '@opentelemetry/semantic-conventions'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { type BookingSignal, type Progress, signals, type Tracing } from '../../src/signals.ts'
import { scopes } from '../2-request-logging/request-scope.ts'
import { scopeWith } from './context-manager.ts'

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

interface SpanDescription {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: Attributes
}

/**
 * Makes a span of each piece of announced work. `bindStore` makes it the current span for as long as
 * the work runs, so that spans of what the work does become its children.
 *
 * https://nodejs.org/api/diagnostics_channel.html#channelbindstorestore-transform
 */
function spanFor<T extends object>(
  app: FastifyInstance,
  signal: Tracing<T>,
  describe: (message: T) => SpanDescription,
  finish?: (span: Span, message: T) => void,
): void {
  const tracer = trace.getTracer('course-app')
  const spans = new WeakMap<object, Span>()

  function start(message: unknown) {
    const parent = context.active()
    // Work outside of any request (at start-up, for a scrape) is no trace of its own.
    if (trace.getSpan(parent) === undefined) return scopes.getStore()
    const { name, ...options } = describe(message as T)
    const span = tracer.startSpan(name, options, parent)
    spans.set(message as T, span)
    return scopeWith(trace.setSpan(parent, span))
  }

  function end(message: unknown) {
    const { error } = message as Progress
    const span = spans.get(message as T)
    if (span === undefined) return
    finish?.(span, message as T)
    if (error) fail(span, error as Error)
    span.end()
  }

  signal.start.bindStore(scopes as never, start as never)
  signal.asyncEnd.subscribe(end)
  app.addHook('onClose', async () => {
    signal.start.unbindStore(scopes as never)
    signal.asyncEnd.unsubscribe(end)
  })
}

function fail(span: Span, error: Error): void {
  span.recordException(error)
  span.setAttribute(ATTR_ERROR_TYPE, error.name)
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
}
