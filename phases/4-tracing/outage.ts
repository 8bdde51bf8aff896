import { AsyncResource } from 'node:async_hooks'
import { diag } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { LostSpans } from './lost-spans.ts'

/** How long an export may go unanswered before a warning, in milliseconds. The batch may still arrive. */
const WARN_AFTER_MS = 8000

/** An exporter that tracks the spans which the backend has not confirmed. */
export interface TrackedExporter extends SpanExporter {
  /** Counts unconfirmed spans as lost, because the process ends. */
  abandon(): void
}

/**
 * Wraps an exporter so that an outage of the backend causes one warning, and one more line when it ends. Spans that
 * could not be sent are dropped and counted. The service is unaffected.
 *
 * After a failure a new exporter replaces the old one. A gRPC exporter backs off before it reconnects, for up to two
 * minutes; a new one connects at once. Batches are at least a second apart, so this is not too often.
 *
 * @param timeoutMs how long a batch may take before it is dropped
 */
export function warnOncePerOutage(
  createExporter: () => SpanExporter,
  lost: LostSpans,
  timeoutMs: number,
): TrackedExporter {
  let exporter = createExporter()
  // The span of some request fills a batch and so starts its export. The export runs in a context of its own, or
  // that request's id would be on its log lines.
  const exportContext = new AsyncResource('span-export')
  const unconfirmed = new Set<ReadableSpan[]>()
  let onIdle: (() => void)[] = []

  function send(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    unconfirmed.add(spans)
    const warning = setTimeout(() => {
      if (unconfirmed.has(spans)) lost.outageBegins(`no answer within ${WARN_AFTER_MS} ms`)
    }, WARN_AFTER_MS).unref()
    const timeout = setTimeout(() => settle(failure(new Error(`no answer within ${timeoutMs} ms`))), timeoutMs).unref()

    function settle(result: ExportResult): void {
      clearTimeout(warning)
      clearTimeout(timeout)
      if (!unconfirmed.delete(spans)) return // it has timed out or was abandoned
      report(result, spans.length)
      done({ code: ExportResultCode.SUCCESS }) // so that the SDK does not report it again
      if (unconfirmed.size > 0) return
      for (const resolve of onIdle) resolve()
      onIdle = []
    }

    try {
      exporter.export(spans, (result) => exportContext.runInAsyncScope(settle, undefined, result))
    } catch (error) {
      settle(failure(error as Error))
    }
  }

  function report({ code, error }: ExportResult, spans: number): void {
    if (code === ExportResultCode.SUCCESS) {
      lost.outageEnds()
      return
    }
    lost.add('export_failed', spans)
    lost.outageBegins(error?.message)
    exporter.shutdown().catch((reason: unknown) => diag.debug('An exporter that had failed did not close.', reason))
    exporter = createExporter()
  }

  function idle(): Promise<void> {
    return unconfirmed.size === 0 ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve))
  }

  return {
    export: (spans, done) => exportContext.runInAsyncScope(send, undefined, spans, done),
    forceFlush: idle,
    async shutdown() {
      await idle()
      await exporter.shutdown()
    },
    abandon() {
      for (const spans of unconfirmed) lost.add('shutdown', spans.length)
      unconfirmed.clear()
    },
  }
}

function failure(error: Error): ExportResult {
  return { code: ExportResultCode.FAILED, error }
}
