import { signal } from '@preact/signals'
import type { TraceSummary } from '../../wire.ts'
import { perFrame } from './per-frame.ts'

/** Traces that are new or have more spans since the last frame. */
export const changedTraces = signal<readonly TraceSummary[]>([])

const MAX_WAITING = 300
let waiting: TraceSummary[] = []

const publish = perFrame(() => {
  changedTraces.value = waiting
  waiting = []
})

export function addChangedTraces(traces: readonly TraceSummary[]): void {
  waiting = [...waiting, ...traces].slice(-MAX_WAITING)
  publish()
}
