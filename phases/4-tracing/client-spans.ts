import type { Attributes, MeterProvider, Span } from '@opentelemetry/api'
import { UndiciInstrumentation, type UndiciRequest } from '@opentelemetry/instrumentation-undici'
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_URL_FULL,
  ATTR_URL_QUERY,
} from '@opentelemetry/semantic-conventions'
import fastifyPlugin from 'fastify-plugin'
import type {} from '../1-logging/on-end.ts'
import { knownMethod } from '../3-metrics/known-method.ts'
import { errorType, exceptionOf } from './record-error.ts'
import type {} from './tracer-provider.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes the meters of this app (phase 5). */
    meterProvider?: MeterProvider
  }
}

/**
 * A span for each outgoing `fetch`, and a `traceparent` header on it. This is the automatic kind of
 * instrumentation: Node's `fetch` announces its requests as our own code does, and OpenTelemetry
 * has a listener for it. Its two hooks mend what it does otherwise than the conventions say.
 */
export const clientSpans = fastifyPlugin(
  async (app) => {
    const instrumentation = new UndiciInstrumentation({
      requireParentforSpans: true,
      ignoreRequestHook: () => app.isOwnWork?.() === false, // another app of this process traces it
      startSpanHook: mendAttributes,
      requestHook: mendErrors,
    })
    instrumentation.setTracerProvider(app.tracerProvider)
    if (app.meterProvider) instrumentation.setMeterProvider(app.meterProvider)
    app.addHook('onClose', async () => instrumentation.disable())
  },
  { name: 'client-spans', dependencies: ['tracer-provider'] },
)

/** The original method is only told when it is another one. The query stays out, as it does on the server. */
function mendAttributes({ method, origin, path }: UndiciRequest): Attributes {
  return {
    [ATTR_HTTP_REQUEST_METHOD_ORIGINAL]: knownMethod(method) === method ? undefined : method,
    [ATTR_URL_FULL]: `${origin}${path}`.split('?', 1)[0],
    [ATTR_URL_QUERY]: undefined,
  }
}

/** It names an error by its code, which is 23 for a timeout. */
function mendErrors(span: Span): void {
  const record = span.recordException.bind(span)
  span.recordException = (error, time) => {
    span.setAttribute(ATTR_ERROR_TYPE, errorType(error))
    record(exceptionOf(error), time)
  }
}
