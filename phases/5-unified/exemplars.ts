import { TraceFlags } from '@opentelemetry/api'
import type { RequestEnd } from '../1-logging/request-end.ts'
import type {} from '../4-tracing/server-spans.ts'

/** The minimum time between exemplars, in milliseconds. A scrape shows only one per bucket, so this is plenty. */
const MIN_INTERVAL_MS = 100

/**
 * Creates the function that returns the exemplar of a duration: the ids of its trace and span. A histogram keeps the
 * last exemplar of each bucket, which leads from "some requests took over a second" to such a request.
 *
 * A trace that was not sampled is not used as an exemplar, because no backend has it.
 * https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#exemplars
 */
export function createExemplarOf(): (end: RequestEnd) => Record<string, string> | undefined {
  /** The time of the last exemplar by kind of request, in milliseconds since 1970. */
  const lastAt = new Map<string, number>()

  return function exemplarOf({ request, status, latency }) {
    const spanContext = request.span?.spanContext()
    if (spanContext === undefined || !(spanContext.traceFlags & TraceFlags.SAMPLED)) return undefined

    // A kind includes the order of magnitude, so many fast requests never hold back a rare slow one.
    const kind = `${request.method} ${request.route} ${status} ${Math.ceil(Math.log2(latency))}`
    const now = Date.now()
    if (now - (lastAt.get(kind) ?? 0) < MIN_INTERVAL_MS) return undefined
    lastAt.set(kind, now)
    return { trace_id: spanContext.traceId, span_id: spanContext.spanId }
  }
}
