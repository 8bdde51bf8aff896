import { AsyncResource } from 'node:async_hooks'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { FastifyBaseLogger } from 'fastify'

/**
 * An exporter for which an outage of the backend is one warning in the log, and one line more when it is over.
 * Spans that could not be sent are gone; the service goes on.
 *
 * After a failure it is made anew, because one that sends by gRPC would wait longer and longer before it connects
 * again, up to two minutes. A new one tries at once, and there is a batch a second at most.
 */
export function warnOncePerOutage(createExporter: () => SpanExporter, log: FastifyBaseLogger): SpanExporter {
  let exporter = createExporter()
  // A batch leaves when some request's span has filled it, but that request has no part in what
  // becomes of it: the export runs in a context of its own, so no request's id is on these lines.
  const outside = new AsyncResource('span-export')
  let out = false

  function report({ code, error }: ExportResult): void {
    const failed = code === ExportResultCode.FAILED
    if (failed && !out)
      log.warn({ reason: error?.message }, 'traces cannot be sent; they are dropped until the backend is back')
    if (!failed && out) log.info('traces can be sent again')
    out = failed
    if (failed) renew()
  }

  function renew(): void {
    exporter.shutdown().catch((err: unknown) => log.debug({ err }, 'an exporter did not close'))
    exporter = createExporter()
  }

  return {
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      outside.runInAsyncScope(() =>
        exporter.export(spans, (result) => {
          outside.runInAsyncScope(report, undefined, result)
          done({ code: ExportResultCode.SUCCESS }) // reported here, so that the SDK does not do it too
        }),
      )
    },
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  }
}
