import type { Span } from '../wire.ts'
import { groupBy } from './group-by.ts'

/** A stretch of the critical path: what the request was waiting for in this time. */
export interface PathSegment {
  readonly spanId: string
  /** Milliseconds since 1970. */
  readonly start: number
  readonly end: number
}

/**
 * The start of a span is read from a clock of whole milliseconds, and its end is measured from there. So of two spans one
 * after the other the first may seem to end after the second began, by less than this.
 */
const CLOCK_MS = 1

/**
 * The critical path of a trace: the work that would have to become faster for the request to become faster.
 *
 * It is followed from the end of the root backwards. At each moment it leads into the child that ended last before
 * it, and through the parent itself where no child ends. A child that overlaps one on the path but ended after that one
 * began is not on it: the parent did not begin the one when the other had ended. A child that outlives its parent counts
 * until the parent's end, because clocks of two processes differ and a response ends earlier for its reader. A child that
 * begins after its parent's end is not on the path: nobody waited for it.
 *
 * As in Jaeger and in CRISP: https://www.usenix.org/conference/atc22/presentation/zhang-zhizhou
 *
 * @returns from the root's start to its end, without gaps
 */
export function criticalPath(spans: readonly Span[]): PathSegment[] {
  const root = rootOf(spans)
  if (root === undefined) return []
  const childrenOf = groupBy(spans, ({ parent_span_id }) => parent_span_id)
  const backwards: PathSegment[] = []
  const add = (spanId: string, start: number, end: number) => {
    if (end > start) backwards.push({ spanId, start, end })
  }
  const walk = (span: Span, start: number, end: number): void => {
    const children = (childrenOf.get(span.span_id) ?? [])
      .map((child) => ({
        child,
        from: Math.max(child.start, start),
        to: Math.min(child.start + child.duration, end),
      }))
      .filter(({ from, to }) => to > from)
      .sort((a, b) => b.to - a.to || b.from - a.from)
    let until = end
    for (const { child, from, to } of children) {
      if (to > until + CLOCK_MS || from >= until) continue
      const childEnd = Math.min(to, until)
      add(span.span_id, childEnd, until)
      walk(child, from, childEnd)
      until = from
    }
    add(span.span_id, start, until)
  }
  walk(root, root.start, root.start + root.duration)
  return backwards.reverse()
}

/** Milliseconds on the critical path by span. */
export function timeOnPath(path: readonly PathSegment[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const { spanId, start, end } of path) times.set(spanId, (times.get(spanId) ?? 0) + end - start)
  return times
}

/** The root, otherwise the first of those whose parent is not here, and of several the longest. */
function rootOf(spans: readonly Span[]): Span | undefined {
  const ids = new Set(spans.map(({ span_id }) => span_id))
  const tops = spans.filter(({ parent_span_id }) => parent_span_id === null || !ids.has(parent_span_id))
  const root = tops.find(({ parent_span_id }) => parent_span_id === null)
  return root ?? tops.toSorted((a, b) => a.start - b.start || b.duration - a.duration)[0]
}
