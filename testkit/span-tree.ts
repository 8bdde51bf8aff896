import type { ReceivedSpan } from './received-span.ts'

/** The only span without a parent among `spans`: the root of a whole trace, or the entry span of one process. */
export function rootOf(spans: readonly ReceivedSpan[]): ReceivedSpan {
  const roots = rootsOf(spans)
  const [root] = roots
  if (root === undefined || roots.length > 1) throw new Error(`${roots.length} root spans\n${printTrace(spans)}`)
  return root
}

/** The children of `parent`, earliest first. */
export function childrenOf(parent: ReceivedSpan, spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  return spans
    .filter((span) => span.traceId === parent.traceId && span.parentSpanId === parent.spanId)
    .sort((a, b) => a.startMs - b.startMs)
}

/** The only span of that name. */
export function spanNamed(name: string, spans: readonly ReceivedSpan[]): ReceivedSpan {
  const found = spans.filter((span) => span.name === name)
  const [span] = found
  if (span === undefined || found.length > 1)
    throw new Error(`${found.length} spans are named "${name}"\n${printTrace(spans)}`)
  return span
}

/** A span's name, or its name and its descendants. */
export type SpanShape = string | readonly SpanShape[]

/**
 * The tree of names, children in the order of their start, for `t.strictSame`:
 * `['GET /slow', ['database_query', 'SELECT courses'], 'external_api_call']`.
 */
export function shapeOf(span: ReceivedSpan, spans: readonly ReceivedSpan[]): SpanShape {
  const children = childrenOf(span, spans).map((child) => shapeOf(child, spans))
  return children.length === 0 ? span.name : [span.name, ...children]
}

/** The spans as an indented tree for the message of a failed test. */
export function printTrace(spans: readonly ReceivedSpan[]): string {
  return rootsOf(spans)
    .flatMap((root) => [
      `trace ${root.traceId}${root.parentSpanId === undefined ? '' : ` below ${root.parentSpanId}`}`,
      ...printSpan(root, spans, '  '),
    ])
    .join('\n')
}

/** The spans whose parent is not among `spans`. */
export function rootsOf(spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  const known = new Set(spans.map(keyOf))
  return spans.filter(
    (span) => span.parentSpanId === undefined || !known.has(keyOf({ ...span, spanId: span.parentSpanId })),
  )
}

function keyOf({ traceId, spanId }: Pick<ReceivedSpan, 'traceId' | 'spanId'>): string {
  return `${traceId}/${spanId}`
}

function printSpan(span: ReceivedSpan, spans: readonly ReceivedSpan[], indent: string): string[] {
  const status = span.status.code === 'error' ? ` ERROR ${span.status.message}`.trimEnd() : ''
  const line = `${indent}${span.name} [${span.service}, ${span.kind}, ${span.durationMs.toFixed(1)} ms, ${span.spanId}]${status}`
  return [line, ...childrenOf(span, spans).flatMap((child) => printSpan(child, spans, `${indent}  `))]
}
