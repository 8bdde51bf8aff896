import { computed, signal } from '@preact/signals'
import type { Panel, State } from '../../wire.ts'

/** What the server says about itself; null until it has. */
export const state = signal<State | null>(null)

/** `lost`: no answer at the moment; the page tries again by itself. */
export type Connection = 'connecting' | 'live' | 'lost'
export const connection = signal<Connection>('connecting')

/** The server that went before the one that answers now, until the reader has put the notice away. */
export const restartedFrom = signal<{ readonly phase: number } | null>(null)

/** Whether the server is the course's own app, which has endpoints to try and a command for each phase. */
export const isCourse = computed(() => state.value?.is_course === true)

const panels = computed(() => new Set<Panel>(state.value?.panels))

/** Whether the running phase has it. */
export function has(panel: Panel): boolean {
  return panels.value.has(panel)
}
