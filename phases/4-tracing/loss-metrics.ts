import fastifyPlugin from 'fastify-plugin'
import { Counter } from 'prom-client'
import type {} from '../3-metrics/process-metrics.ts'
import type { LossReason } from './lost-spans.ts'
import type {} from './tracer-provider.ts'

/** Counts lost spans, because incomplete traces mislead their readers. */
export const lossMetrics = fastifyPlugin(
  async (app) => {
    new Counter({
      name: 'telemetry_spans_dropped_total',
      help: 'Spans that have not reached the backend.',
      labelNames: ['reason'],
      registers: [app.registry],
      collect() {
        this.reset()
        for (const reason in app.lostSpans) this.inc({ reason }, app.lostSpans[reason as LossReason])
      },
    })
  },
  { name: 'loss-metrics', dependencies: ['process-metrics', 'tracer-provider'] },
)
