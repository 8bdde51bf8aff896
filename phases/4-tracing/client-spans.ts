import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import fastifyPlugin from 'fastify-plugin'

/**
 * A span for each outgoing `fetch`, and a `traceparent` header on it. This is the automatic kind of
 * instrumentation: Node's HTTP client announces its requests as our own code does, and OpenTelemetry
 * has a listener for it.
 */
export const clientSpans = fastifyPlugin(
  async (app) => {
    const instrumentation = new UndiciInstrumentation({ requireParentforSpans: true })
    app.addHook('onClose', async () => instrumentation.disable())
  },
  { name: 'client-spans', dependencies: ['tracer-provider'] },
)
