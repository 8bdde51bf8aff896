import { AsyncResource } from 'node:async_hooks'
import { diag } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { LostSpans } from './lost-spans.ts'

/** After how long without an answer the log says so, in milliseconds. The batch may still arrive. */
const PATIENCE_MS = 8000

/** An exporter that knows which of its spans the backend has not confirmed. */
export interface WatchedExporter extends SpanExporter {
  /** Counts the spans that are not confirmed as lost, because the process ends. */
  abandon(): void
}

/**
 * An exporter for which an outage of the backend is one warning in the log, and one line more when it is over.
 * Spans that could not be sent are gone, and counted; the service goes on.
 *
 * After a failure it is made anew, because one that sends by gRPC would wait longer and longer before it connects
 * again, up to two minutes. A new one tries at once, and there is a batch a second at most.
 *
 * @param timeoutMs how long a batch may take before it is given up
 */
export function warnOncePerOutage(
  createExporter: () => SpanExporter,
  lost: LostSpans,
  timeoutMs: number,
): WatchedExporter {
  let exporter = createExporter()
  // A batch leaves when some request's span has filled it, but that request has no part in what
  // becomes of it: the export runs in a context of its own, so no request's id is on these lines.
  const outside = new AsyncResource('span-export')
  const unconfirmed = new Set<ReadableSpan[]>()
  let onIdle: (() => void)[] = []

  function send(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    unconfirmed.add(spans)
    const silent = setTimeout(() => {
      if (unconfirmed.has(spans)) lost.outageBegins(`no answer within ${PATIENCE_MS} ms`)
    }, PATIENCE_MS).unref()
    const tooLate = setTimeout(() => settle(failure(new Error(`no answer within ${timeoutMs} ms`))), timeoutMs).unref()

    function settle(result: ExportResult): void {
      clearTimeout(silent)
      clearTimeout(tooLate)
      if (!unconfirmed.delete(spans)) return // it had been given up
      report(result, spans.length)
      done({ code: ExportResultCode.SUCCESS }) // reported here, so that the SDK does not do it too
      if (unconfirmed.size > 0) return
      for (const resolve of onIdle) resolve()
      onIdle = []
    }

    try {
      exporter.export(spans, (result) => outside.runInAsyncScope(settle, undefined, result))
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
    export: (spans, done) => outside.runInAsyncScope(send, undefined, spans, done),
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
