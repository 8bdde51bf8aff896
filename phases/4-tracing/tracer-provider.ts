import { setTimeout as delay } from 'node:timers/promises'
import {
  context,
  ProxyTracerProvider,
  propagation,
  type TextMapPropagator,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { getNumberFromEnv, getStringFromEnv } from '@opentelemetry/core'
import { ConsoleSpanExporter, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace-node'
import fastifyPlugin from 'fastify-plugin'
import type { PhaseOptions } from '../phase.ts'
import { contextManager } from './context-manager.ts'
import { type LossReason, LostSpans } from './lost-spans.ts'
import { DEFAULT_QUEUE_SIZE } from './otel-values.ts'
import { isSdkDisabled } from './otel-variables.ts'
import { warnOncePerOutage } from './outage.ts'
import { propagatorOr } from './propagators.ts'
import { RandomTraceIdProvider } from './random-trace-ids.ts'
import { resourceOf } from './resource.ts'
import { keepingLinked, samplerFromEnvironment } from './sampler.ts'
import { spanBatches } from './span-batches.ts'
import { SpanProcessors } from './span-processors.ts'
import { takeTurns } from './take-turns.ts'
import { TraceContextPropagator } from './trace-context.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes the tracers of this app. Libraries use the global one of OpenTelemetry's API. */
    tracerProvider: TracerProvider
    /**
     * Tells one more processor of the spans of this app, from now on. It is shut down with the app. If it throws, a
     * log line tells so once; neither the spans nor other processors are affected.
     */
    addSpanProcessor(processor: SpanProcessor): void
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
  /**
   * Makes what sends the spans away, unless `OTEL_TRACES_EXPORTER` is `console` or `none`. It counts the spans that the
   * backend rejects out of a batch.
   */
  readonly createExporter: (lost: LostSpans) => SpanExporter
  /** How context travels in headers, unless `OTEL_PROPAGATORS` says so; W3C Trace Context if not given. */
  readonly propagator?: TextMapPropagator
}

/**
 * Sets OpenTelemetry up: where spans go, which are kept, how context travels, who reports.
 */
export const tracerProvider = fastifyPlugin<TracerProviderOptions>(
  async (app, { config, createExporter, propagator: usual = new TraceContextPropagator() }) => {
    const propagator = propagatorOr(usual)
    const lost = new LostSpans(app.log)
    app.decorate('lostSpans', lost.counts)
    const added = new SpanProcessors((err) => app.log.warn({ err }, 'a span processor fails'))
    app.decorate('addSpanProcessor', (processor) => added.add(processor))
    if (isSdkDisabled()) {
      // No span is made. The caller's context still goes on to the next service.
      app.decorate('tracerProvider', new ProxyTracerProvider())
      register(app, () => {
        context.setGlobalContextManager(contextManager)
        propagation.setGlobalPropagator(propagator)
      })
      app.addHook('onClose', async () => lost.close())
      return
    }
    const choice = getStringFromEnv('OTEL_TRACES_EXPORTER')
    const chosenExporter = choice === 'console' ? () => new ConsoleSpanExporter() : createExporter
    const exportTimeoutMillis = getNumberFromEnv('OTEL_BSP_EXPORT_TIMEOUT') ?? 30_000
    const exporter = warnOncePerOutage(() => chosenExporter(lost), lost, exportTimeoutMillis)
    // A batch costs much the same whether it is large or small, so few large ones are cheaper.
    const batches = spanBatches(exporter, lost, {
      scheduledDelayMillis: getNumberFromEnv('OTEL_BSP_SCHEDULE_DELAY') ?? 1000,
      maxQueueSize: getNumberFromEnv('OTEL_BSP_MAX_QUEUE_SIZE') ?? DEFAULT_QUEUE_SIZE,
      maxExportBatchSize: getNumberFromEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE') ?? 1024,
      exportTimeoutMillis,
    })
    const provider = new RandomTraceIdProvider({
      resource: resourceOf(config),
      sampler: keepingLinked(samplerFromEnvironment()),
      // The SDK reads the other limits, and knows these two by names that are not the specification's.
      spanLimits: {
        attributePerEventCountLimit: getNumberFromEnv('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT') ?? 128,
        attributePerLinkCountLimit: getNumberFromEnv('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT') ?? 128,
      },
      spanProcessors: choice === 'none' ? [added] : [batches, added],
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
