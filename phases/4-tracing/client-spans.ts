import type { MeterProvider } from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import fastifyPlugin from 'fastify-plugin'
import type {} from '../1-logging/on-end.ts'
import type {} from './tracer-provider.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes the meters of this app (phase 5). */
    meterProvider?: MeterProvider
  }
}

/**
 * A span for each outgoing `fetch`, and a `traceparent` header on it. This is the automatic kind of
 * instrumentation: Node's HTTP client announces its requests as our own code does, and OpenTelemetry
 * has a listener for it.
 */
export const clientSpans = fastifyPlugin(
  async (app) => {
    const instrumentation = new UndiciInstrumentation({
      requireParentforSpans: true,
      ignoreRequestHook: () => app.isOwnWork?.() === false, // another app of this process traces it
    })
    instrumentation.setTracerProvider(app.tracerProvider)
    if (app.meterProvider) instrumentation.setMeterProvider(app.meterProvider)
    app.addHook('onClose', async () => instrumentation.disable())
  },
  { name: 'client-spans', dependencies: ['tracer-provider'] },
)
