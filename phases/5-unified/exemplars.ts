import { TraceFlags } from '@opentelemetry/api'
import type { RequestEnd } from '../1-logging/request-end.ts'
import type {} from '../4-tracing/server-spans.ts'

/** A histogram shows one exemplar per bucket and scrape, so a new one ten times a second is plenty. */
const FRESH_MS = 100

/**
 * Makes the function that finds the trace that a measured duration belongs to. A histogram keeps the last one of
 * each bucket, so one can go from "some requests took over a second" to one that did.
 *
 * A trace that was not sampled is nowhere to be found, so it is no example.
 */
export function createExemplarOf(): (end: RequestEnd) => Record<string, string> | undefined {
  /** When something like a request last gave an exemplar, in milliseconds since 1970. */
  const given = new Map<string, number>()

  return function exemplarOf({ request, status, latency }) {
    const spanContext = request.span?.spanContext()
    if (spanContext === undefined || !(spanContext.traceFlags & TraceFlags.SAMPLED)) return undefined

    // Alike in route, status and magnitude: a rare slow request is never held back by many fast ones.
    const kind = `${request.method} ${request.route} ${status} ${Math.ceil(Math.log2(latency))}`
    const now = Date.now()
    if (now - (given.get(kind) ?? 0) < FRESH_MS) return undefined
    given.set(kind, now)
    return { trace_id: spanContext.traceId, span_id: spanContext.spanId }
  }
}
