import { propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { ATTR_ERROR_TYPE, ATTR_HTTP_RESPONSE_STATUS_CODE } from '@opentelemetry/semantic-conventions'
import type { FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type {} from '../1-logging/request-end.ts'
import type {} from '../2-request-logging/request-scope.ts'
import type {} from './context-manager.ts'
import { INSTRUMENTATION_VERSION } from './instrumentation.ts'
import { recordError } from './record-error.ts'
import { serverAttributes, serverSpanName } from './server-attributes.ts'
import type {} from './tracer-provider.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The span of this request; `null` for what is not traced. */
    span: Span | null
  }
}

interface Thrown {
  readonly error: unknown
  /** In milliseconds since 1970. */
  readonly at: number
}

/** Asked for every few seconds by machines; their traces would bury the others. */
const UNTRACED = new Set(['/metrics', '/metrics/otel', '/livez', '/readyz'])

/**
 * One span for each request, child of the caller's span if the caller sent a `traceparent`.
 * While the request is served its span is the current one, so every other span hangs below it.
 *
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
 */
export const serverSpans = fastifyPlugin(
  async (app) => {
    const tracer = app.tracerProvider.getTracer('http-server', INSTRUMENTATION_VERSION)
    app.decorateRequest('span', null)

    app.addHook('onRequest', (request, _reply, done) => {
      if (!request.observed || UNTRACED.has(request.route)) return done()

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

    const thrown = new WeakMap<FastifyRequest, Thrown>()
    app.addHook('onError', (request, _reply, error, done) => {
      if (request.span !== null) thrown.set(request, { error, at: Date.now() })
      done()
    })

    app.onRequestEnd(({ request, status, aborted, error }) => {
      const { span } = request
      if (span === null) return
      span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status)
      // A 4xx is the caller's error: it marks the caller's span, not this one.
      if (status >= 500) {
        span.setAttribute(ATTR_ERROR_TYPE, String(status))
        span.setStatus({ code: SpanStatusCode.ERROR })
        const cause = thrown.get(request)
        if (cause) recordError(span, cause.error, cause.at)
      }
      if (aborted) {
        span.setAttribute(ATTR_ERROR_TYPE, 'aborted')
        // The status was sent before the body's source failed. Without an error it was the client who left.
        if (error) {
          recordError(span, error)
          span.setStatus({ code: SpanStatusCode.ERROR })
        }
      }
      span.end()
    })
  },
  { name: 'server-spans', dependencies: ['request-end', 'request-scope', 'tracer-provider'] },
)
