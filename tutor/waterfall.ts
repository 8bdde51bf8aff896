import type { ReceivedSpan } from '../../testkit/received-span.ts'
import { childrenOf, rootsOf } from '../../testkit/span-tree.ts'
import type { Trace } from './trace-store.ts'

/** One line of a waterfall: a span, or many alike that are shown as one. */
export interface Row {
  readonly depth: number
  readonly spans: readonly [ReceivedSpan, ...ReceivedSpan[]]
}

/** So many children of the same name in a row are shown; more become one line. */
const ALIKE = 4
const NAME = 44
/** What a line has beside the bar: numbers, the name, and a little after the bar. */
const BESIDE_BAR = 86

/** The rows of a trace in the order in which they are printed. */
export function rowsOf({ spans }: Trace): Row[] {
  const below = (parent: ReceivedSpan, depth: number): Row[] =>
    fold(childrenOf(parent, spans)).flatMap((alike) => {
      const [only, second] = alike
      return second === undefined ? [{ depth, spans: alike }, ...below(only, depth + 1)] : [{ depth, spans: alike }]
    })
  const roots = rootsOf(spans).toSorted((a, b) => a.startMs - b.startMs)
  return roots.flatMap((root) => [{ depth: 0, spans: [root] as const }, ...below(root, 1)])
}

/** The first few of each run of spans with the same name, and the others of the run together. */
function fold(spans: readonly ReceivedSpan[]): [ReceivedSpan, ...ReceivedSpan[]][] {
  const groups: [ReceivedSpan, ...ReceivedSpan[]][] = []
  let run = 0
  for (const span of spans) {
    const last = groups.at(-1)
    run = last?.[0].name === span.name ? run + 1 : 1
    if (last !== undefined && run > ALIKE) last.push(span)
    else groups.push([span])
  }
  return groups
}

/**
 * A trace as text: a line for each span, with when it began, how long it took and where in the whole that is.
 *
 * @param columns how wide the terminal is; the bars take what is left
 */
export function waterfall(trace: Trace, columns: number): string {
  const begin = Math.min(...trace.spans.map(({ startMs }) => startMs))
  const end = Math.max(...trace.spans.map(({ startMs, durationMs }) => startMs + durationMs))
  const total = Math.max(end - begin, 0.001)
  const services = [...new Set(trace.spans.map(({ service }) => service))].sort()
  const scale: Scale = {
    begin,
    total,
    bar: Math.min(Math.max(columns - BESIDE_BAR, 12), 40),
    named: services.length > 1,
  }
  return [
    `trace ${trace.traceId}, began at ${new Date(begin).toISOString().slice(11, 23)}Z, ${trace.spans.length} spans in ${services.join(', ')}`,
    '',
    `      begins      takes  ${'span'.padEnd(NAME)}  0${`${total.toFixed(0)} ms`.padStart(scale.bar - 1)}`,
    ...rowsOf(trace).map((row, index) => lineOf(row, index + 1, scale)),
  ].join('\n')
}

interface Scale {
  /** When the trace began, in milliseconds since 1970, and how long all of it took. */
  readonly begin: number
  readonly total: number
  /** How wide a bar for all of it is. */
  readonly bar: number
  /** Whether spans are shown with their service, because there are several. */
  readonly named: boolean
}

function lineOf({ depth, spans }: Row, number: number, { begin, total, bar: width, named }: Scale): string {
  const [first] = spans
  const last = spans.at(-1) as ReceivedSpan
  const start = first.startMs - begin
  const duration = spans.length === 1 ? first.durationMs : last.startMs + last.durationMs - first.startMs
  const name = `${spans.length === 1 ? '' : `… ${spans.length} more `}${first.name}${named ? ` [${first.service}]` : ''}`
  const from = Math.min(Math.floor((start / total) * width), width - 1)
  const length = Math.max(1, Math.min(Math.round((duration / total) * width), width - from))
  const bar = `${' '.repeat(from)}${'█'.repeat(length)}`.padEnd(width)
  const columns = [
    String(number).padStart(3),
    `${start.toFixed(1)} ms`.padStart(10),
    `${duration.toFixed(1)} ms`.padStart(10),
    ` ${`${'  '.repeat(depth)}${name}`.padEnd(NAME)}`,
    ` ${bar}`,
    ` ${detail(first)}`,
  ]
  return columns.join(' ').trimEnd()
}

/** What one wants to know of a span at a glance: where a call went and what came of it. */
function detail({ attributes, status }: ReceivedSpan): string {
  const code = attributes['http.response.status_code']
  const outcome = attributes['course_app.cache.outcome']
  const facts = [
    ...(code === undefined ? [] : [String(code)]),
    ...(outcome === undefined ? [] : [String(outcome)]),
    ...(status.code === 'error' ? [`ERROR ${status.message}`.trimEnd()] : []),
  ]
  return facts.join(' ')
}

/** All that is known of one span. */
export function describeSpan({ spans }: Row): string {
  const [span] = spans
  const facts: [string, unknown][] = [
    ['span_id', span.spanId],
    ['parent_span_id', span.parentSpanId ?? 'none, it is a root'],
    ['kind', span.kind],
    ['took', `${span.durationMs.toFixed(1)} ms`],
    ['status', `${span.status.code} ${span.status.message}`.trimEnd()],
    ...Object.entries(span.attributes),
  ]
  const width = Math.max(...facts.map(([name]) => name.length))
  return [
    `${span.name} in ${span.service}${spans.length > 1 ? `, the first of ${spans.length} alike` : ''}`,
    ...facts.map(([name, value]) => `  ${name.padEnd(width)}  ${String(value)}`),
    ...span.events.flatMap(({ name, attributes }) => [
      `  event ${name}`,
      ...Object.entries(attributes).map(([key, value]) => `    ${key}  ${firstLine(String(value))}`),
    ]),
  ].join('\n')
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] as string
}
