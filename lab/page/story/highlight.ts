import { signal } from '@preact/signals'

/** The span that the reader points at, in the trace or through a log line that was written in it. */
export const highlightedSpan = signal<string | null>(null)

/** For an element that stands for a span: pointing at it, or moving the focus there, highlights all that belongs to it. */
export function highlights(spanId: string | undefined) {
  const on = () => {
    highlightedSpan.value = spanId ?? null
  }
  const off = () => {
    highlightedSpan.value = null
  }
  return { onMouseEnter: on, onMouseLeave: off, onFocusIn: on, onFocusOut: off }
}
