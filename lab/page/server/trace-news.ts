import { signal } from '@preact/signals'
import type { TraceSummary } from '../../wire.ts'
import { perFrame } from './per-frame.ts'

/** The traces that were new, or got more spans, since the last frame. */
export const traceNews = signal<readonly TraceSummary[]>([])

const MOST_WAITING = 300
let waiting: TraceSummary[] = []

const publish = perFrame(() => {
  traceNews.value = waiting
  waiting = []
})

export function addTraceNews(traces: readonly TraceSummary[]): void {
  waiting = [...waiting, ...traces].slice(-MOST_WAITING)
  publish()
}
