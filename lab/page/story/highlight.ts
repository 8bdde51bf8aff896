import { signal } from '@preact/signals'

/** The span under the pointer, in the trace or through one of its log lines. */
export const highlightedSpan = signal<string | null>(null)

/** The `seq` of the log line under the pointer or with the focus. */
export const highlightedLine = signal<number | null>(null)

/** Props of an element that represents a span: hover or focus highlights everything that belongs to the span. */
export function highlights(spanId: string | undefined, line: number | null = null) {
  const on = () => {
    highlightedSpan.value = spanId ?? null
    highlightedLine.value = line
  }
  const off = () => {
    highlightedSpan.value = null
    highlightedLine.value = null
  }
  return { onMouseEnter: on, onMouseLeave: off, onFocusIn: on, onFocusOut: off }
}
