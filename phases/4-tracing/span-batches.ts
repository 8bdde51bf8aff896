import { TraceFlags } from '@opentelemetry/api'
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace-node'
import type { LostSpans } from './lost-spans.ts'

export interface BatchOptions {
  readonly scheduledDelayMillis: number
  readonly maxQueueSize: number
  readonly maxExportBatchSize: number
  readonly exportTimeoutMillis: number
}

/**
 * Ended spans wait here and leave in batches, in the background. If they come faster than they leave, or the backend
 * takes none, the queue fills up and further spans are dropped: memory is bounded.
 *
 * The queue and the batches are the SDK's. It drops in silence, so here it is given only what it has room for, and
 * the rest is counted.
 */
export function spanBatches(exporter: SpanExporter, lost: LostSpans, options: BatchOptions): SpanProcessor {
  let waiting = 0
  let isOpen = true
  const leaving: SpanExporter = {
    export(spans, done) {
      waiting -= spans.length
      exporter.export(spans, done)
    },
    shutdown: () => exporter.shutdown(),
  }
  const batches = new BatchSpanProcessor(leaving, { ...options })

  return {
    onStart() {},
    onEnd(span) {
      if (!(span.spanContext().traceFlags & TraceFlags.SAMPLED)) return
      if (!isOpen) lost.add('shutdown', 1)
      else if (waiting >= options.maxQueueSize) lost.add('queue_full', 1)
      else {
        waiting++
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
