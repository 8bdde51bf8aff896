/**
 * Exercise 5.3: From a number to a trace
 *
 * The histogram says that some steps take over a second. Which request was it? A histogram keeps numbers only, so it
 * cannot say. An exemplar keeps one example for each bucket.
 *
 * Give each duration the trace that it belongs to, as the exemplar labels `trace_id` and `span_id`. A trace that is not
 * sampled is in no backend, so it is no example. A step outside of any trace has none, and its duration counts as well.
 *
 * Where to look: phases/5-unified/exemplars.ts does so for requests. When a step ends, its span is still active.
 * Whether it is sampled is one bit of its flags: https://www.w3.org/TR/trace-context-2/#trace-flags
 */
import { TraceFlags, trace } from '@opentelemetry/api'
import fastifyPlugin from 'fastify-plugin'
import { Histogram } from 'prom-client'
import { onEnd } from '../../1-logging/on-end.ts'
import { channels } from '../../announcements.ts'

export const stepMetrics = fastifyPlugin(
  async (app) => {
    const duration = new Histogram({
      name: 'step_duration_seconds',
      help: 'Time that a step took, in seconds.',
      labelNames: ['step'],
      buckets: [0.01, 0.1, 1, 10],
      enableExemplars: true,
    })

    onEnd(app, channels.step, ({ name }, latency) => {
      duration.observe({ labels: { step: name }, value: latency / 1000, exemplarLabels: currentTrace() })
    })
  },
  { name: 'step-metrics', dependencies: ['announced-spans', 'process-metrics'] },
)

/** The labels of an exemplar, if there is one to give. */
function currentTrace(): Record<string, string> | undefined {
  // Exercise 5.3: your part begins
  const span = trace.getActiveSpan()?.spanContext()
  if (span === undefined || !(span.traceFlags & TraceFlags.SAMPLED)) return undefined
  return { trace_id: span.traceId, span_id: span.spanId }
  // Exercise 5.3: your part ends
}
