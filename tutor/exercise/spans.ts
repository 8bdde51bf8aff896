import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'

export function spanNamed(name: string, spans: readonly ReadableSpan[]): ReadableSpan | undefined {
  return spans.find((span) => span.name === name)
}

export function childrenOf(parent: ReadableSpan, spans: readonly ReadableSpan[]): ReadableSpan[] {
  return spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent.spanContext().spanId)
}

/** All spans as one line: `a > (b > c, d)`. */
export function treeOf(spans: readonly ReadableSpan[]): string {
  const ids = new Set(spans.map((span) => span.spanContext().spanId))
  const roots = spans.filter(({ parentSpanContext: parent }) => parent === undefined || !ids.has(parent.spanId))
  return roots.map((root) => branch(root, spans)).join(', ') || 'no span'
}

function branch(span: ReadableSpan, spans: readonly ReadableSpan[]): string {
  const children = childrenOf(span, spans).map((child) => branch(child, spans))
  if (children.length === 0) return span.name
  return `${span.name} > ${children.length === 1 ? children[0] : `(${children.join(', ')})`}`
}
