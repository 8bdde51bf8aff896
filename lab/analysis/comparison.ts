import type { LogLine, Span } from '../wire.ts'
import { groupBy } from './group-by.ts'

/** Two spans that do the same work in two requests, or one that the other request lacks. */
export interface SpanPair {
  readonly a: Span | null
  readonly b: Span | null
  readonly depth: number
  /** The attributes that differ, apart from ids and addresses. */
  readonly differences: readonly Difference[]
}

/** A log line of each request that says the same, or one that the other request lacks. */
export interface LinePair {
  readonly a: LogLine | null
  readonly b: LogLine | null
  readonly differences: readonly Difference[]
}

/** undefined where the name is missing. */
export interface Difference {
  readonly name: string
  readonly a: unknown
  readonly b: unknown
}

/**
 * Pairs the spans of two traces from the roots downwards. Below a pair, the first child of a name and service belongs to
 * the first such child of the other, the second to the second. Parents come before their children, and siblings in the
 * order of their start.
 */
export function compareSpans(a: readonly Span[], b: readonly Span[]): SpanPair[] {
  const [childrenOfA, childrenOfB] = [childrenIn(a), childrenIn(b)]
  const pairs: SpanPair[] = []
  const add = (first: readonly Span[], second: readonly Span[], depth: number): void => {
    for (const [one, other] of paired(first, second, nameOf)) {
      const differences = one && other ? differencesIn(one.attributes, other.attributes) : []
      pairs.push({ a: one, b: other, depth, differences })
      add(one === null ? [] : childrenOfA(one), other === null ? [] : childrenOfB(other), depth + 1)
    }
  }
  const [[rootA, ...othersOfA], [rootB, ...othersOfB]] = [childrenOfA(null), childrenOfB(null)]
  if (rootA !== undefined && rootB !== undefined) {
    // The roots are the requests, whatever their names.
    pairs.push({ a: rootA, b: rootB, depth: 0, differences: differencesIn(rootA.attributes, rootB.attributes) })
    add(childrenOfA(rootA), childrenOfB(rootB), 1)
    add(othersOfA, othersOfB, 0)
  } else add(childrenOfA(null), childrenOfB(null), 0)
  return pairs
}

/** Pairs lines of the same service and message: the first with the first, the second with the second. */
export function compareLines(a: readonly LogLine[], b: readonly LogLine[]): LinePair[] {
  return paired(a, b, messageOf).map(([one, other]) => ({
    a: one,
    b: other,
    differences: one && other ? differencesIn(one.fields, other.fields) : [],
  }))
}

/** The children of a span, and for null the spans at the top: by start, the root first. */
function childrenIn(spans: readonly Span[]): (parent: Span | null) => readonly Span[] {
  const ids = new Set(spans.map(({ span_id }) => span_id))
  const parentOf = ({ parent_span_id: id }: Span) => (id !== null && ids.has(id) ? id : null)
  const rank = ({ parent_span_id }: Span) => (parent_span_id === null ? 0 : 1)
  const sorted = spans.toSorted((a, b) => rank(a) - rank(b) || a.start - b.start)
  const groups = groupBy(sorted, parentOf)
  return (parent) => groups.get(parent?.span_id ?? null) ?? []
}

function nameOf({ service, name, kind }: Span): string {
  return JSON.stringify([service, name, kind])
}

function messageOf({ fields, raw }: LogLine): string {
  return JSON.stringify([fields.service, fields.message ?? raw])
}

/** In the order of the first list, with the extra ones of the second after those they follow there. */
function paired<Item>(
  first: readonly Item[],
  second: readonly Item[],
  keyOf: (item: Item) => string,
): [Item | null, Item | null][] {
  const partners = groupBy(second, keyOf)
  const pairs = first.map((item): [Item | null, Item | null] => [item, partners.get(keyOf(item))?.shift() ?? null])
  const extra = new Set([...partners.values()].flat())
  let at = 0
  for (const item of second) {
    if (extra.has(item)) pairs.splice(at++, 0, [null, item])
    else at = Math.max(at, pairs.findIndex(([, other]) => other === item) + 1)
  }
  return pairs
}

/** Names whose values differ between any two requests, or that the durations already tell. */
const ALWAYS_DIFFERENT =
  /(^|[._])(time|latency|duration|duration_ms|traceparent|seq|(request|trace|span|parent|thread|instance)_?id|port)$/

function differencesIn(a: object, b: object): Difference[] {
  const [before, after] = [new Map<string, unknown>(Object.entries(a)), new Map<string, unknown>(Object.entries(b))]
  const names = [...new Set([...before.keys(), ...after.keys()])].filter((name) => !ALWAYS_DIFFERENT.test(name))
  return names
    .map((name) => ({ name, a: before.get(name), b: after.get(name) }))
    .filter(({ a: one, b: other }) => JSON.stringify(one) !== JSON.stringify(other))
}
