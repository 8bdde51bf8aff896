import { propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { ATTR_ERROR_TYPE, ATTR_HTTP_RESPONSE_STATUS_CODE } from '@opentelemetry/semantic-conventions'
import fastifyPlugin from 'fastify-plugin'
import type { RequestEnd } from '../1-logging/request-end.ts'
import type {} from '../2-request-logging/request-scope.ts'
import type {} from '../phase.ts'
import type {} from './context-manager.ts'
import { INSTRUMENTATION_VERSION } from './instrumentation.ts'
import { recordError } from './record-error.ts'
import { serverAttributes, serverSpanName } from './server-attributes.ts'
import type {} from './tracer-provider.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The span of this request; `null` if the request is not traced. */
    span: Span | null
  }
}

/**
 * One span for each request, a child of the caller's span if the caller sent a `traceparent`.
 * It is the current span while the request is served, so all other spans are its descendants.
 *
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
 */
export const serverSpans = fastifyPlugin(
  async (app) => {
    const tracer = app.tracerProvider.getTracer('http-server', INSTRUMENTATION_VERSION)
    app.decorateRequest('span', null)

    app.addHook('onRequest', (request, _reply, done) => {
      if (!request.observed || request.routeOptions.config.traced === false) return done()

      const caller = propagation.extract(ROOT_CONTEXT, request.headers)
      const span = tracer.startSpan(
        serverSpanName(request),
        { kind: SpanKind.SERVER, attributes: serverAttributes(request) },
        caller,
      )
      request.span = span
      request.scope.context = trace.setSpan(caller, span)
      done()
    })

    app.onRequestEnd((end) => {
      const { span } = end.request
      if (span === null) return
      if (end.answered) span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, end.status)
      const failure = failureOf(end)
      if (failure !== undefined) {
        span.setAttribute(ATTR_ERROR_TYPE, failure)
        span.setStatus({ code: SpanStatusCode.ERROR })
        // The error of a 4xx is the caller's, even if its answer could not be sent.
        if (end.error && (end.reply.statusCode >= 500 || end.aborted)) recordError(span, end.error, end.failedAt)
      }
      span.end()
    })
  },
  { name: 'server-spans', dependencies: ['request-end', 'request-scope', 'tracer-provider'] },
)

/**
 * The value for `error.type`; undefined if the request succeeded. A 4xx is the caller's error and marks the caller's
 * span, not this one. A status that was not sent does not count.
 *
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status
 */
function failureOf({ status, answered, aborted }: RequestEnd): string | undefined {
  if (!answered) return 'connection_closed'
  if (aborted) return 'aborted'
  return status >= 500 ? String(status) : undefined
}
