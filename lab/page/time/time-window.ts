import { computed, signal } from '@preact/signals'
import { changeQuery, windowQuery } from '../location.ts'
import { pausedAt } from '../server/pause.ts'
import { serverNow } from '../server/server-state.ts'

/** The durations to choose from, in milliseconds, by their parameter in the address. */
export const DURATIONS: Readonly<Record<string, number>> = { '1m': 60_000, '5m': 300_000, '15m': 900_000 }

/** Milliseconds since 1970. null: no limit. */
export interface TimeWindow {
  readonly from: number | null
  readonly to: number | null
}

const now = signal(0)

/** Moves the windows that end now. Called each second. */
export function tickWindow(): void {
  now.value = pausedAt.value ?? serverNow()
}

/** The chosen parameter of `DURATIONS`, `between`, or empty for everything. */
export const chosenWindow = computed(() => {
  const last = windowQuery.value.get('last') ?? ''
  if (Object.hasOwn(DURATIONS, last)) return last
  return fixed.value === null ? '' : 'between'
})

const fixed = computed(() => {
  const [from, to] = ['from', 'to'].map((name) => Date.parse(windowQuery.value.get(name) ?? ''))
  return from !== undefined && to !== undefined && from < to ? { from, to } : null
})

/** The window that logs, metrics and traces share. It is in the address. */
export const timeWindow = computed((): TimeWindow => {
  const duration = DURATIONS[chosenWindow.value]
  if (duration !== undefined) return { from: (now.value || serverNow()) - duration, to: null }
  return fixed.value ?? { from: null, to: null }
})

/** Whether a time is in the window. An unknown time is. */
export function isWithin({ from, to }: TimeWindow, time: number): boolean {
  return !(from !== null && time < from) && !(to !== null && time > to)
}

export function chooseLast(duration: string): void {
  changeQuery({ last: duration, from: '', to: '' })
}

export function chooseBetween(from: number, to: number): void {
  changeQuery({ last: '', from: new Date(from).toISOString(), to: new Date(to).toISOString() })
}
