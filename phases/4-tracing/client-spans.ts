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
    /** Creates the meters of this app; undefined before phase 5. */
    meterProvider?: MeterProvider
  }
}

/**
 * A span for each outgoing `fetch`, and a `traceparent` header on it. This instrumentation is automatic: Node's `fetch`
 * announces its requests on diagnostics_channel, as our own code does, and OpenTelemetry listens. Two hooks correct
 * where it departs from the conventions.
 */
export const clientSpans = fastifyPlugin(
  async (app) => {
    const instrumentation = new UndiciInstrumentation({
      requireParentforSpans: true,
      ignoreRequestHook: () => app.isOwnWork?.() === false, // another app of this process traces it
      startSpanHook: correctAttributes,
      requestHook: correctErrors,
    })
    instrumentation.setTracerProvider(app.tracerProvider)
    if (app.meterProvider) instrumentation.setMeterProvider(app.meterProvider)
    app.addHook('onClose', async () => instrumentation.disable())
  },
  { name: 'client-spans', dependencies: ['tracer-provider'] },
)

/** Sets the original method only if it differs. Leaves out the query, as on the server. */
function correctAttributes({ method, origin, path }: UndiciRequest): Attributes {
  return {
    [ATTR_HTTP_REQUEST_METHOD_ORIGINAL]: knownMethod(method) === method ? undefined : method,
    [ATTR_URL_FULL]: `${origin}${path}`.split('?', 1)[0],
    [ATTR_URL_QUERY]: undefined,
  }
}

/** Sets a readable `error.type`: the instrumentation takes the error's code, which is 23 for a timeout. */
function correctErrors(span: Span): void {
  const record = span.recordException.bind(span)
  span.recordException = (error, time) => {
    span.setAttribute(ATTR_ERROR_TYPE, errorType(error))
    record(exceptionOf(error), time)
  }
}
