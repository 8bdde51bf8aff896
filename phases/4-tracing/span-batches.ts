import { TraceFlags } from '@opentelemetry/api'
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace-node'
import type { LostSpans } from './lost-spans.ts'

/** The SDK's names for `OTEL_BSP_…`: times in milliseconds, sizes in spans. */
export interface BatchOptions {
  readonly scheduledDelayMillis: number
  readonly maxQueueSize: number
  readonly maxExportBatchSize: number
  readonly exportTimeoutMillis: number
}

/**
 * Queues ended spans and sends them in batches, in the background. If spans end faster than they are sent, the queue
 * fills up and further spans are dropped, so memory is bounded.
 *
 * The queue and the batches are the SDK's. It drops spans without counting them, so it only receives spans that it has
 * room for. The others are counted here.
 */
export function spanBatches(exporter: SpanExporter, lost: LostSpans, options: BatchOptions): SpanProcessor {
  let queued = 0
  let isOpen = true
  const dequeuing: SpanExporter = {
    export(spans, done) {
      queued -= spans.length
      exporter.export(spans, done)
    },
    shutdown: () => exporter.shutdown(),
  }
  const batches = new BatchSpanProcessor(dequeuing, { ...options })

  return {
    onStart() {},
    onEnd(span) {
      if (!(span.spanContext().traceFlags & TraceFlags.SAMPLED)) return
      if (!isOpen) lost.add('shutdown', 1)
      else if (queued >= options.maxQueueSize) lost.add('queue_full', 1)
      else {
        queued++
        batches.onEnd(span)
      }
    },
    forceFlush: () => batches.forceFlush(),
    shutdown() {
      isOpen = false
      return batches.shutdown()
    },
  }
}
