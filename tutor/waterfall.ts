import type { ReceivedSpan } from '../testkit/received-span.ts'
import { childrenOf, rootsOf } from '../testkit/span-tree.ts'

/** One line of a waterfall: a span, or a run of spans with the same name. */
export interface Row {
  readonly depth: number
  readonly spans: readonly [ReceivedSpan, ...ReceivedSpan[]]
}

/** Further spans of the same name in a row are folded into one line. */
const MAX_ALIKE = 4

/** Width of the bars, in characters. */
const WIDTH = 40

/** The rows of a trace in the order in which they are printed: children below their parent, earliest first. */
export function rowsOf(spans: readonly ReceivedSpan[]): Row[] {
  const below = (parent: ReceivedSpan, depth: number): Row[] =>
    fold(childrenOf(parent, spans)).flatMap((alike) => {
      const [only, second] = alike
      return [{ depth, spans: alike }, ...(second === undefined ? below(only, depth + 1) : [])]
    })
  const roots = rootsOf(spans).toSorted((a, b) => a.startMs - b.startMs)
  return roots.flatMap((root) => [{ depth: 0, spans: [root] as const }, ...below(root, 1)])
}

function fold(spans: readonly ReceivedSpan[]): [ReceivedSpan, ...ReceivedSpan[]][] {
  const groups: [ReceivedSpan, ...ReceivedSpan[]][] = []
  let run = 0
  for (const span of spans) {
    const last = groups.at(-1)
    run = last?.[0].name === span.name ? run + 1 : 1
    if (last !== undefined && run > MAX_ALIKE) last.push(span)
    else groups.push([span])
  }
  return groups
}

/**
 * A trace as text: a line for each row, children indented below their parent, with a bar from start to end.
 *
 * @param numbered whether each line begins with its number and its start, and ends with its outcome; otherwise `!` marks
 * a failed span
 */
export function waterfall(rows: readonly Row[], { numbered = false } = {}): string {
  const spans = rows.flatMap(({ spans }) => spans)
  const begin = Math.min(...spans.map(({ startMs }) => startMs))
  const total = Math.max(Math.max(...spans.map(endOf)) - begin, 0.001)
  const nameWidth = Math.max(...rows.map((row) => nameOf(row).length))
  const serviceWidth = Math.max(...spans.map(({ service }) => service.length))
  return rows
    .map((row, index) => {
      const [first] = row.spans
      const start = first.startMs - begin
      const duration = row.spans.length === 1 ? first.durationMs : Math.max(...row.spans.map(endOf)) - first.startMs
      const [began, took] = [`${start.toFixed(1)} ms`, `${duration.toFixed(1)} ms`]
      const before = numbered ? [String(index + 1).padStart(3), began.padStart(9), took.padStart(9)] : []
      const after = numbered ? outcomeOf(first) : `${took}${first.status.code === 'error' ? ' !' : ''}`
      const named = [nameOf(row).padEnd(nameWidth), first.service.padEnd(serviceWidth)]
      return [...before, ...named, barOf(start / total, duration / total), after].join('  ').trimEnd()
    })
    .join('\n')
}

function endOf({ startMs, durationMs }: ReceivedSpan): number {
  return startMs + durationMs
}

function nameOf({ depth, spans: [first, ...others] }: Row): string {
  return `${'  '.repeat(depth)}${others.length === 0 ? '' : `… ${others.length + 1} more `}${first.name}`
}

/** @param start and `length` as shares of the whole */
function barOf(start: number, length: number): string {
  const from = Math.min(Math.round(start * WIDTH), WIDTH - 1)
  const bar = '█'.repeat(Math.max(1, Math.min(Math.round(length * WIDTH), WIDTH - from)))
  return (' '.repeat(from) + bar).padEnd(WIDTH)
}

function outcomeOf({ attributes, status }: ReceivedSpan): string {
  const outcome = attributes['http.response.status_code'] ?? attributes['course_app.cache.outcome']
  return [outcome, ...(status.code === 'error' ? ['ERROR', status.message] : [])].filter(Boolean).join(' ')
}

/** Attributes, events and links of a span. */
export function describeSpan(span: ReceivedSpan): string {
  const facts = [
    `kind = ${span.kind}`,
    `span_id = ${span.spanId}`,
    `parent = ${span.parentSpanId ?? 'none'}`,
    ...factsOf(span.attributes),
    ...(span.status.code === 'error' ? [`status = error ${span.status.message}`.trimEnd()] : []),
    ...span.events.flatMap(({ name, attributes }) => [
      `event ${name}`,
      ...factsOf(attributes).map((fact) => `  ${fact}`),
    ]),
    ...span.links.map(({ traceId, spanId }) => `link to span ${spanId} of trace ${traceId}`),
  ]
  return [`${span.name} (${span.service})`, ...facts.map((fact) => `  ${fact}`)].join('\n')
}

/** Attributes that Jaeger's exporter adds to each span, about itself and the process. They are not shown. */
const EXPORTER_ATTRIBUTES = /^(otel\.|service\.|deployment\.|telemetry\.|span\.kind$|error$)/

function factsOf(attributes: ReceivedSpan['attributes']): string[] {
  return Object.entries(attributes)
    .filter(([name]) => !EXPORTER_ATTRIBUTES.test(name))
    .map(([name, value]) => `${name} = ${String(value).split('\n')[0]}`)
}
