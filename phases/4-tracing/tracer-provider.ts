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
    /** Creates the tracers of this app. Libraries use the global provider of OpenTelemetry's API. */
    tracerProvider: TracerProvider
    /**
     * Adds a processor, which receives all further spans of this app and is shut down with it. If it throws, one log
     * line reports it; the spans and other processors are unaffected.
     */
    addSpanProcessor(processor: SpanProcessor): void
    /** The number of spans that have not reached the backend, by reason. */
    lostSpans: Readonly<Record<LossReason, number>>
  }
}

/** How long the process waits at its end for the last spans to be sent, in milliseconds. */
const FLUSH_MS = 500

const register = takeTurns(() => {
  for (const api of [trace, context, propagation]) api.disable()
})

export interface TracerProviderOptions extends PhaseOptions {
  /**
   * Creates the exporter, unless `OTEL_TRACES_EXPORTER` is `console` or `none`. The exporter counts spans that
   * the backend rejects out of a batch in `lost`.
   */
  readonly createExporter: (lost: LostSpans) => SpanExporter
  /** Reads and writes context in headers, unless `OTEL_PROPAGATORS` is set; W3C Trace Context by default. */
  readonly propagator?: TextMapPropagator
}

/** Sets up OpenTelemetry: exporter, sampler, propagator and resource. */
export const tracerProvider = fastifyPlugin<TracerProviderOptions>(
  async (app, { config, createExporter, propagator: fallback = new TraceContextPropagator() }) => {
    const propagator = propagatorOr(fallback)
    const lost = new LostSpans(app.log)
    app.decorate('lostSpans', lost.counts)
    const added = new SpanProcessors((err) => app.log.warn({ err }, 'a span processor fails'))
    app.decorate('addSpanProcessor', (processor) => added.add(processor))
    if (isSdkDisabled()) {
      // No spans are created. The caller's context is still passed on to the next service.
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
    // Each batch has a fixed cost, so a few large batches are cheaper than many small ones.
    const batches = spanBatches(exporter, lost, {
      scheduledDelayMillis: getNumberFromEnv('OTEL_BSP_SCHEDULE_DELAY') ?? 1000,
      maxQueueSize: getNumberFromEnv('OTEL_BSP_MAX_QUEUE_SIZE') ?? DEFAULT_QUEUE_SIZE,
      maxExportBatchSize: getNumberFromEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE') ?? 1024,
      exportTimeoutMillis,
    })
    const provider = new RandomTraceIdProvider({
      resource: resourceOf(config),
      sampler: keepingLinked(samplerFromEnvironment()),
      // The SDK reads the other limits itself. For these two its variable names differ from the specification.
      spanLimits: {
        attributePerEventCountLimit: getNumberFromEnv('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT') ?? 128,
        attributePerLinkCountLimit: getNumberFromEnv('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT') ?? 128,
      },
      spanProcessors: choice === 'none' ? [added] : [batches, added],
    })
    app.decorate('tracerProvider', provider)
    register(app, () => provider.register({ contextManager, propagator }))

    // Waits briefly for the last spans. A collector that is down must not delay the exit.
    app.addHook('onClose', async () => {
      const sent = provider.shutdown().catch((err: unknown) => app.log.debug({ err }, 'the last spans were not sent'))
      await Promise.race([sent, delay(FLUSH_MS, undefined, { ref: false })])
      exporter.abandon()
      lost.close()
    })
  },
  { name: 'tracer-provider' },
)
