import type { Span, Story } from '../../wire.ts'
import { duration, percent } from '../format.ts'
import { type SpanRow, spanRows } from './span-tree.ts'

/** Sentences about a request, derived from its data. */
export interface Finding {
  /** Where its time went. */
  readonly time: string
  /** Where it failed, if it did. */
  readonly failure: string | null
  /** The most relevant span: the first that failed, otherwise the one with the longest own time. */
  readonly spanId: string | null
}

/** Parts below this share are not mentioned. */
const WORTH_TELLING = 0.1
const MAX_PARTS = 3
/** A part above this share counts as the whole. */
const ALL_OF_IT = 0.95

/** undefined without a trace. */
export function findingOf({ trace }: Story): Finding | undefined {
  if (trace === null) return undefined
  const rows = spanRows(trace.all_spans)
  const byOwnTime = rows.toSorted((a, b) => b.ownTime - a.ownTime)
  const failed = failedFirst(rows)
  const slowest = byOwnTime[0]?.span
  return {
    time: timeOf(byOwnTime, trace.duration),
    failure: failed ? failureOf(failed) : null,
    spanId: (failed ?? slowest)?.span_id ?? null,
  }
}

function timeOf(byOwnTime: readonly SpanRow[], whole: number): string {
  const [first] = byOwnTime
  if (first && first.ownTime > whole * ALL_OF_IT) return `It took ${duration(whole)}, all of it in ${called(first)}.`
  const parts = partsOf(byOwnTime).filter(({ time }) => time >= whole * WORTH_TELLING)
  const named = parts
    .slice(0, MAX_PARTS)
    .map(({ name, times, time }) => `${duration(time)} (${percent(time / whole)}) in ${times}${name}`)
  return `It took ${duration(whole)}: ${listed(named)}.`
}

interface Part {
  readonly name: string
  /** `20 × `; empty for one span. */
  readonly times: string
  /** Milliseconds. */
  readonly time: number
}

/** Consecutive spans of the same name are one part: twenty short queries together may take long. */
function partsOf(rows: readonly SpanRow[]): Part[] {
  const byName = new Map<string, SpanRow[]>()
  for (const row of rows) byName.set(called(row), [...(byName.get(called(row)) ?? []), row])
  const parts = [...byName].flatMap(([name, same]): Part[] => {
    if (runAtOnce(same)) return same.map(({ ownTime }) => ({ name, times: '', time: ownTime }))
    const time = same.reduce((sum, { ownTime }) => sum + ownTime, 0)
    return [{ name, times: same.length > 1 ? `${same.length} × ` : '', time }]
  })
  return parts.sort((a, b) => b.time - a.time)
}

function runAtOnce(rows: readonly SpanRow[]): boolean {
  const spans = rows.map(({ span }) => span).sort((a, b) => a.start - b.start)
  return spans.some((span, index) => {
    const before = spans[index - 1]
    return before !== undefined && before.start + before.duration > span.start
  })
}

/** A span's name, and whether its own time is meant or that of its children, too. */
function called({ span, hasChildren, calls }: SpanRow): string {
  if (calls !== null) return `${span.name} → ${calls}`
  return hasChildren ? `${span.name} itself` : span.name
}

/** Errors propagate upwards, so the origin is the failed span without a failed child. */
function failedFirst(rows: readonly SpanRow[]): Span | undefined {
  const failed = rows.map(({ span }) => span).filter(({ status }) => status === 'error')
  const parents = new Set(failed.map(({ parent_span_id }) => parent_span_id))
  return failed.find(({ span_id }) => !parents.has(span_id))
}

function failureOf(span: Span): string {
  const exception = span.events.find(({ name }) => name === 'exception')?.attributes
  const { 'exception.type': type = 'Error', 'exception.message': message = span.status_message } = exception ?? {}
  const { 'http.response.status_code': status, 'error.type': errorType } = span.attributes
  const reason = errorType === undefined || errorType === String(status) ? '' : `: ${errorType}`
  const why = message ? `: ${type}: ${message}` : reason || (status ? ` with status ${status}` : '')
  return `It failed in ${span.name} of ${span.service}${why}.`
}

function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
