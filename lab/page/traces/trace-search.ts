import { computed, effect, signal } from '@preact/signals'
import { parseFilter } from '../../filter/filter.ts'
import type { KnownKey, ServiceMap, SpanKeys, Traces } from '../../wire.ts'
import { queryOf, view } from '../location.ts'
import { getJson } from '../server/api.ts'
import { changedTraces } from '../server/changed-traces.ts'
import { pausedAt } from '../server/pause.ts'
import { has, state } from '../server/server-state.ts'
import { timeWindow } from '../time/time-window.ts'

/** Parameters of the API and of the address; empty means any. */
export interface TraceSearch {
  /** As typed. */
  readonly filter: string
  readonly status: string
  readonly min_duration_ms: string
}

export const search = computed((): TraceSearch => {
  const query = queryOf('traces')
  const parameter = (name: string) => query.get(name) ?? ''
  return { filter: parameter('filter'), status: parameter('status'), min_duration_ms: parameter('min_duration_ms') }
})

/** To complete a filter. */
export const spanKeys = signal<readonly KnownKey[]>([])
/** null until the first answer. */
export const foundTraces = signal<Traces | null>(null)
export const serviceMap = signal<ServiceMap | null>(null)
export const searchProblem = signal<string | null>(null)

const MOST = 50
/** Limits refreshes when there are thousands of new traces. */
const AT_MOST_EVERY_MS = 1000

let waiting: ReturnType<typeof setTimeout> | undefined
let askedAt = 0

/** Fetches again when the search or the server changes, and while the view is open also for new traces. */
export function followTraces(): void {
  effect(() => {
    const { value } = search
    const { instance } = state.value ?? {}
    if (view.value.name !== 'traces' || instance === undefined || !has('traces')) return
    void timeWindow.value
    // The filter box tells of the mistake; what was found stays.
    if (parseFilter(value.filter).problem !== null) return
    void changedTraces.value
    if (waiting === undefined) waiting = setTimeout(ask, Math.max(0, askedAt + AT_MOST_EVERY_MS - Date.now()))
  })
}

/** Fetches the keys of the stored spans. */
export function loadSpanKeys(): void {
  getJson<SpanKeys>('span-keys').then(
    ({ keys }) => {
      spanKeys.value = keys
    },
    () => {}, // the header shows the connection's state
  )
}

async function ask(): Promise<void> {
  waiting = undefined
  askedAt = Date.now()
  const { from, to } = timeWindow.value
  // The server goes on during a pause.
  const until = to ?? pausedAt.value
  const parameters = { ...search.value, from: String(from ?? ''), to: String(until ?? '') }
  const given = Object.entries(parameters).filter(([, value]) => value !== '')
  try {
    const [traces, map] = await Promise.all([
      getJson<Traces>('traces', { ...Object.fromEntries(given), limit: String(MOST) }),
      pausedAt.value !== null && serviceMap.value ? serviceMap.value : getJson<ServiceMap>('service-map'),
    ])
    foundTraces.value = traces
    serviceMap.value = map
    searchProblem.value = null
  } catch (error) {
    searchProblem.value = (error as Error).message
  }
}
