import type { Span } from '../../wire.ts'

/** A span with its position in the waterfall. */
export interface SpanRow {
  readonly span: Span
  readonly depth: number
  /** The row of its parent, if the parent is known. */
  readonly parentRow: number | null
  /** Its own time: milliseconds in which none of its children ran. */
  readonly ownTime: number
  readonly hasChildren: boolean
  /** The service that it called over the network, if its span is known. */
  readonly calls: string | null
}

/** Parents before their children, siblings by start. A span with an unknown parent is at the top level. */
export function spanRows(spans: readonly Span[]): SpanRow[] {
  const ids = new Set(spans.map(({ span_id }) => span_id))
  const childrenOf = new Map<string | null, Span[]>()
  for (const span of spans) {
    const parent = span.parent_span_id !== null && ids.has(span.parent_span_id) ? span.parent_span_id : null
    const siblings = childrenOf.get(parent)
    if (siblings) siblings.push(span)
    else childrenOf.set(parent, [span])
  }
  const rows: SpanRow[] = []
  const add = (parentId: string | null, parentRow: number | null, depth: number): void => {
    const children = (childrenOf.get(parentId) ?? []).toSorted((a, b) => a.start - b.start)
    for (const span of children) {
      const own = childrenOf.get(span.span_id) ?? []
      rows.push({
        span,
        depth,
        parentRow,
        ownTime: span.duration - covered(span, own),
        hasChildren: own.length > 0,
        calls: own.find((child) => child.parent_is_remote)?.service ?? null,
      })
      add(span.span_id, rows.length - 1, depth + 1)
    }
  }
  add(null, null, 0)
  return rows
}

/** Milliseconds of a span in which at least one of its children ran. */
function covered(span: Span, children: readonly Span[]): number {
  let sum = 0
  let until = span.start
  for (const child of children.toSorted((a, b) => a.start - b.start)) {
    const from = Math.max(child.start, until)
    const to = Math.min(child.start + child.duration, span.start + span.duration)
    if (to <= from) continue
    sum += to - from
    until = to
  }
  return sum
}
