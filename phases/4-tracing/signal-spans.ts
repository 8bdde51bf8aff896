import { SpanKind, trace } from '@opentelemetry/api'
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_STORED_PROCEDURE_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@opentelemetry/semantic-conventions'
import fastifyPlugin from 'fastify-plugin'
import { type BookingSignal, type CacheSignal, signals } from '../../src/signals.ts'
import { ATTR_CACHE_ENTITY, ATTR_CACHE_OPERATION, ATTR_CACHE_OUTCOME, OWN, own } from './own-attributes.ts'
import { fail, type SpanDescription, spanFor } from './span-for.ts'

/** A span for everything that the application announces, and an event for what happens to bookings. */
export const signalSpans = fastifyPlugin(
  async (app) => {
    spanFor(app, signals.step, (step) => ({
      name: step.name,
      kind: SpanKind.INTERNAL,
      attributes: own(step.attributes),
    }))

    spanFor(app, signals.query, ({ operation, table, text, system }) => ({
      name: `${operation} ${table}`,
      kind: SpanKind.CLIENT,
      attributes: {
        [ATTR_DB_SYSTEM_NAME]: system,
        [ATTR_DB_OPERATION_NAME]: operation,
        [ATTR_DB_COLLECTION_NAME]: table || undefined,
        [ATTR_DB_QUERY_TEXT]: text,
      },
    }))

    spanFor(app, signals.cache, describeCommand, (span, { outcome, failure, statusCode }) => {
      if (outcome) span.setAttribute(ATTR_CACHE_OUTCOME, outcome)
      if (!failure) return
      fail(span, failure)
      if (statusCode) span.setAttributes({ [ATTR_DB_RESPONSE_STATUS_CODE]: statusCode, [ATTR_ERROR_TYPE]: statusCode })
    })

    const onBooking = (message: unknown) => {
      const { status, bookingId, courseId, batchId } = message as BookingSignal
      trace.getActiveSpan()?.addEvent(`${OWN}.booking.${status}`, {
        [`${OWN}.booking.id`]: bookingId,
        [`${OWN}.booking.course_id`]: courseId,
        [`${OWN}.booking.batch_id`]: batchId,
      })
    }
    signals.booking.subscribe(onBooking)
    app.addHook('onClose', async () => {
      signals.booking.unsubscribe(onBooking)
    })
  },
  { name: 'signal-spans', dependencies: ['server-spans'] },
)

/** A cache in this process's memory is no database, and nothing is sent: its span is internal, its attributes are ours. */
function describeCommand({ operation, entity, system, command }: CacheSignal): SpanDescription {
  const attributes = { [ATTR_CACHE_OPERATION]: operation, [ATTR_CACHE_ENTITY]: entity }
  if (command === undefined) return { name: `${operation} ${entity}`, kind: SpanKind.INTERNAL, attributes }
  const { name, script, server, namespace } = command
  return {
    name: script ? `${name} ${script}` : name,
    kind: SpanKind.CLIENT,
    attributes: {
      ...attributes,
      [ATTR_DB_SYSTEM_NAME]: system,
      [ATTR_DB_OPERATION_NAME]: name,
      [ATTR_DB_STORED_PROCEDURE_NAME]: script,
      [ATTR_DB_NAMESPACE]: namespace,
      [ATTR_SERVER_ADDRESS]: server.address,
      [ATTR_SERVER_PORT]: server.port,
    },
  }
}
