import { trace } from '@opentelemetry/api'
import fastifyPlugin from 'fastify-plugin'
import { currentFields } from '../2-request-logging/request-scope.ts'
import { contextManager } from '../4-tracing/context-manager.ts'
import type {} from '../4-tracing/server-spans.ts'

/** Puts the ids of the request's trace on every line that is logged for it. */
export const traceFields = fastifyPlugin(
  async (app) => {
    app.addHook('onRequest', ({ span, scope }, _reply, done) => {
      if (span !== null) {
        const { traceId, spanId } = span.spanContext()
        scope.fields.trace_id = traceId
        scope.fields.span_id = spanId
      }
      done()
    })
  },
  { name: 'trace-fields', dependencies: ['request-scope', 'server-spans'] },
)

/** The request's fields, with the id of the very span in which the line is logged. */
export function currentFieldsWithTrace(): object {
  const fields = currentFields()
  const span = trace.getSpan(contextManager.active())
  if (span === undefined) return fields
  const { spanId } = span.spanContext()
  return fields.span_id === spanId ? fields : { ...fields, span_id: spanId }
}
