import { INVALID_TRACEID, type Span, trace } from '@opentelemetry/api'
import fastifyPlugin from 'fastify-plugin'
import { listen } from '../1-logging/listen.ts'
import { currentFields, type Scope, scopes } from '../2-request-logging/request-scope.ts'
import { contextManager } from '../4-tracing/context-manager.ts'
import type {} from '../4-tracing/server-spans.ts'
import { channels } from '../announcements.ts'

/** Puts the trace's ids on every line that is logged for a request or a gRPC call. */
export const traceFields = fastifyPlugin(
  async (app) => {
    app.addHook('onRequest', ({ span, scope }, _reply, done) => {
      if (span !== null) addIds(scope, span)
      done()
    })

    for (const { start } of [channels.rpcServer, channels.refusal]) {
      listen<unknown>(app, start, () => {
        const scope = scopes.getStore()
        const span = scope?.context && trace.getSpan(scope.context)
        if (scope && span) addIds(scope, span)
      })
    }
  },
  { name: 'trace-fields', dependencies: ['request-scope', 'server-spans', 'rpc-spans', 'refusal-spans'] },
)

function addIds({ fields }: Scope, span: Span): void {
  const { traceId, spanId } = span.spanContext()
  if (traceId === INVALID_TRACEID) return // the SDK is disabled, so spans have no ids
  fields.trace_id = traceId
  fields.span_id = spanId
}

/** The request's fields, with the ids of the current span. */
export function currentFieldsWithTrace(): object {
  const fields = currentFields()
  const spanContext = trace.getSpanContext(contextManager.active())
  if (spanContext === undefined || spanContext.traceId === INVALID_TRACEID) return fields
  const { traceId, spanId } = spanContext
  return fields.span_id === spanId ? fields : { ...fields, trace_id: traceId, span_id: spanId }
}
