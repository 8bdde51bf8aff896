import { setTimeout as delay } from 'node:timers/promises'
import { context, propagation, type TextMapPropagator, type TracerProvider, trace } from '@opentelemetry/api'
import { getNumberFromEnv } from '@opentelemetry/core'
import type { SpanExporter } from '@opentelemetry/sdk-trace-node'
import fastifyPlugin from 'fastify-plugin'
import type { PhaseOptions } from '../../src/phase.ts'
import { contextManager } from './context-manager.ts'
import { LabSpans } from './lab-spans.ts'
import { type LossReason, LostSpans } from './lost-spans.ts'
import { warnOncePerOutage } from './outage.ts'
import { RandomTraceIdProvider } from './random-trace-ids.ts'
import { resourceOf } from './resource.ts'
import { keepingLinked, samplerFromEnvironment } from './sampler.ts'
import { spanBatches } from './span-batches.ts'
import { takeTurns } from './take-turns.ts'
import { TraceContextPropagator } from './trace-context.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes the tracers of this app. Libraries use the global one of OpenTelemetry's API. */
    tracerProvider: TracerProvider
    /** How many spans have not reached the backend, by reason. */
    lostSpans: Readonly<Record<LossReason, number>>
  }
}

/** How long a process that ends waits for its last spans to be taken, in milliseconds. */
const FLUSH_MS = 500

const register = takeTurns(() => {
  for (const api of [trace, context, propagation]) api.disable()
})

export interface TracerProviderOptions extends PhaseOptions {
  /** Makes what sends the spans away. It counts the spans that the backend rejects out of a batch. */
  readonly createExporter: (lost: LostSpans) => SpanExporter
  /** How context travels in headers; W3C Trace Context if not given. */
  readonly propagator?: TextMapPropagator
}

/**
 * Sets OpenTelemetry up: where spans go, which are kept, how context travels, what this service is called.
 */
export const tracerProvider = fastifyPlugin<TracerProviderOptions>(
  async (app, { config, lab, createExporter, propagator = new TraceContextPropagator() }) => {
    const lost = new LostSpans(app.log)
    app.decorate('lostSpans', lost.counts)
    const exportTimeoutMillis = getNumberFromEnv('OTEL_BSP_EXPORT_TIMEOUT') ?? 30_000
    const exporter = warnOncePerOutage(() => createExporter(lost), lost, exportTimeoutMillis)
    const provider = new RandomTraceIdProvider({
      resource: resourceOf(config),
      sampler: keepingLinked(samplerFromEnvironment()),
      // A batch costs much the same whether it is large or small, so few large ones are cheaper.
      spanProcessors: [
        spanBatches(exporter, lost, {
          scheduledDelayMillis: getNumberFromEnv('OTEL_BSP_SCHEDULE_DELAY') ?? 1000,
          maxQueueSize: getNumberFromEnv('OTEL_BSP_MAX_QUEUE_SIZE') ?? 8192,
          maxExportBatchSize: getNumberFromEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE') ?? 1024,
          exportTimeoutMillis,
        }),
        ...(lab ? [new LabSpans(lab)] : []),
      ],
    })
    app.decorate('tracerProvider', provider)
    register(app, () => provider.register({ contextManager, propagator }))

    // The last spans get a moment to leave. A collector that is away must not keep the process.
    app.addHook('onClose', async () => {
      const sent = provider.shutdown().catch((err: unknown) => app.log.debug({ err }, 'the last spans were not sent'))
      await Promise.race([sent, delay(FLUSH_MS, undefined, { ref: false })])
      exporter.abandon()
      lost.close()
    })
  },
  { name: 'tracer-provider' },
)
