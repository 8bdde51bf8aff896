import { effect, signal } from '@preact/signals'
import type { ServiceMap, Traces } from '../../wire.ts'
import { view } from '../location.ts'
import { getJson } from '../server/api.ts'
import { changedTraces } from '../server/changed-traces.ts'
import { has, state } from '../server/server-state.ts'

/** Query parameters of the API; empty means any. */
export interface TraceSearch {
  readonly route: string
  readonly status: '' | 'ok' | 'error'
  readonly min_duration_ms: string
}

export const search = signal<TraceSearch>({ route: '', status: '', min_duration_ms: '' })
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
    void value
    void changedTraces.value
    if (waiting === undefined) waiting = setTimeout(ask, Math.max(0, askedAt + AT_MOST_EVERY_MS - Date.now()))
  })
}

async function ask(): Promise<void> {
  waiting = undefined
  askedAt = Date.now()
  const given = Object.entries(search.value).filter(([, value]) => value !== '')
  try {
    const [traces, map] = await Promise.all([
      getJson<Traces>('traces', { ...Object.fromEntries(given), limit: String(MOST) }),
      getJson<ServiceMap>('service-map'),
    ])
    foundTraces.value = traces
    serviceMap.value = map
    searchProblem.value = null
  } catch (error) {
    searchProblem.value = (error as Error).message
  }
}
