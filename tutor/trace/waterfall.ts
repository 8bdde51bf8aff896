import type { ReceivedSpan } from '../../testkit/received-span.ts'
import { childrenOf, rootsOf } from '../../testkit/span-tree.ts'

/** Width of the bars, in characters. */
const WIDTH = 40

/**
 * A trace as text: a line for each span, children below their parent and further in, with a bar from its start to its
 * end. `!` marks a span that failed.
 */
export function waterfall(spans: readonly ReceivedSpan[]): string {
  const rows = rootsOf(spans).flatMap((root) => rowsOf(root, spans, 0))
  const begin = Math.min(...spans.map(({ startMs }) => startMs))
  const end = Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs))
  const columns = (ms: number) => Math.round((ms / Math.max(end - begin, 0.001)) * WIDTH)
  const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length))
  const nameWidth = widest(rows.map(({ name }) => name))
  const serviceWidth = widest(rows.map(({ span }) => span.service))
  return rows
    .map(({ name, span }) => {
      const from = Math.min(columns(span.startMs - begin), WIDTH - 1)
      const bar = '█'.repeat(Math.max(1, Math.min(columns(span.durationMs), WIDTH - from)))
      const drawn = (' '.repeat(from) + bar).padEnd(WIDTH)
      const failed = span.status.code === 'error' ? ' !' : ''
      return `${name.padEnd(nameWidth)}  ${span.service.padEnd(serviceWidth)}  ${drawn}  ${span.durationMs.toFixed(1)} ms${failed}`
    })
    .join('\n')
}

/** Everything that a span says of itself beside its time: attributes, then events. */
export function details(spans: readonly ReceivedSpan[]): string {
  return rootsOf(spans)
    .flatMap((root) => rowsOf(root, spans, 0))
    .map(({ span }) => detailsOf(span))
    .join('\n')
}

function detailsOf(span: ReceivedSpan): string {
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

/** Jaeger's exporter tells things about itself and the process as attributes of each span; a reader wants the others. */
const NOT_OF_THE_SPAN = /^(otel\.|service\.|deployment\.|telemetry\.|span\.kind$|error$)/

function factsOf(attributes: ReceivedSpan['attributes']): string[] {
  return Object.entries(attributes)
    .filter(([name]) => !NOT_OF_THE_SPAN.test(name))
    .map(([name, value]) => `${name} = ${String(value).split('\n')[0]}`)
}

function rowsOf(
  span: ReceivedSpan,
  spans: readonly ReceivedSpan[],
  depth: number,
): { name: string; span: ReceivedSpan }[] {
  const children = childrenOf(span, spans).flatMap((child) => rowsOf(child, spans, depth + 1))
  return [{ name: '  '.repeat(depth) + span.name, span }, ...children]
}
