import { requestIdOf } from './request-id-of.ts'
import type { AttributeValue, Span, Trace, TraceSummary } from './wire.ts'

/** A trace with an external caller has no root. It counts as finished after this silence, in milliseconds. */
const QUIET_MS = 1000

/** The spans of one trace that have arrived so far: see `StoredTrace`. */
interface CollectedSpans {
  readonly traceId: string
  readonly spans: readonly Span[]
  readonly finished: boolean
  readonly lastAt: number
}

/** A trace in a list. */
export function summaryOf({ traceId, spans, finished, lastAt }: CollectedSpans): TraceSummary {
  const here = new Set(spans.map(({ span_id }) => span_id))
  const isOrphan = ({ parent_span_id }: Span) => parent_span_id !== null && !here.has(parent_span_id)
  const top = topOf(spans.filter(({ parent_span_id }) => parent_span_id === null || !here.has(parent_span_id)))
  const start = Math.min(...spans.map((span) => span.start))
  const errors = spans.filter(({ status }) => status === 'error').length
  const { attributes } = top
  return {
    trace_id: traceId,
    name: top.name,
    service: top.service,
    start,
    duration: Math.max(...spans.map((span) => span.start + span.duration)) - start,
    status: errors > 0 ? 'error' : 'ok',
    ...defined('route', text(attributes['http.route'])),
    ...defined('method', text(attributes['http.request.method'])),
    ...defined('http_status', number(attributes['http.response.status_code'])),
    ...defined('request_id', requestIdOf(top)),
    spans: spans.length,
    errors,
    services: [...new Set([top.service, ...spans.map(({ service }) => service)])],
    finished: finished || (top.parent_is_remote && Date.now() - lastAt > QUIET_MS),
    incomplete: spans.some((span) => span !== top && isOrphan(span)),
  }
}

/** A trace with all of its spans. */
export function traceOf(stored: CollectedSpans): Trace {
  return { ...summaryOf(stored), all_spans: inOrder(stored.spans) }
}

/** The root, otherwise the earliest span, and of several the longest. */
function topOf(candidates: readonly Span[]): Span {
  const root = candidates.find(({ parent_span_id }) => parent_span_id === null)
  return root ?? (candidates.toSorted((a, b) => a.start - b.start || b.duration - a.duration)[0] as Span)
}

/** By start. With equal starts, the parent is first. */
function inOrder(spans: readonly Span[]): Span[] {
  const byId = new Map(spans.map((span) => [span.span_id, span]))
  const depthOf = (span: Span, seen = 0): number => {
    const parent = span.parent_span_id === null ? undefined : byId.get(span.parent_span_id)
    return parent === undefined || seen > spans.length ? seen : depthOf(parent, seen + 1)
  }
  return spans
    .map((span) => ({ span, depth: depthOf(span) }))
    .sort((a, b) => a.span.start - b.span.start || a.depth - b.depth)
    .map(({ span }) => span)
}

function text(value: AttributeValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function number(value: AttributeValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function defined<Name extends string, T>(name: Name, value: T | undefined): { [name in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [name in Name]: T })
}
