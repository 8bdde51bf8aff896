import { computed, signal } from '@preact/signals'
import type { Panel, State } from '../../wire.ts'

/** The server's state; null until it arrives. */
export const state = signal<State | null>(null)

/** `lost`: no connection at the moment; the page retries. */
export type Connection = 'connecting' | 'live' | 'lost'
export const connection = signal<Connection>('connecting')

/** The phase of the server before its restart, until the user dismisses the notice. */
export const restartedFrom = signal<{
  readonly phase: number
  /** Whether this page has asked for it. */
  readonly isExpected: boolean
} | null>(null)

/** How far the server's clock is ahead of the browser's, in milliseconds. */
let ahead = 0

export function setServerTime(time: number): void {
  ahead = time - Date.now()
}

/** The present time of the server, which is that of its telemetry. */
export function serverNow(): number {
  return Date.now() + ahead
}

/** Whether the server is the course's own app, with tutorial endpoints and a command per phase. */
export const isCourse = computed(() => state.value?.is_course === true)

const panels = computed(() => new Set<Panel>(state.value?.panels))

/** Whether the running phase has the panel. */
export function has(panel: Panel): boolean {
  return panels.value.has(panel)
}
