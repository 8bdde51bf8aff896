import { batch } from '@preact/signals'
import type { Events, Logs, Metrics, State } from '../../wire.ts'
import { getJson } from './api.ts'
import { addChangedTraces } from './changed-traces.ts'
import { addLines, clearLines } from './log-tail.ts'
import { addSample, bounds, clearMetrics, setMetrics } from './metric-history.ts'
import { dropHeld, hold, pausedAt, resume, type Telemetry } from './pause.ts'
import { connection, has, restartedFrom, setServerTime, state } from './server-state.ts'
import { endSwitch, loadPhaseFailure, switchingTo } from './switch-phase.ts'

const RETRY_MS = 1000
/** While the server restarts in another phase, which takes a second or two. */
const RESTART_RETRY_MS = 250
/** The server sends a heartbeat every five seconds; after three missing ones the connection is considered dead. */
const SILENCE_MS = 16_000

/** Where to resume the stream; undefined when everything must be fetched again. */
let cursor: string | undefined

/** Keeps the page current while it is open: first the existing data, then the stream. */
export function goLive(): void {
  connect().catch(() => {
    connection.value = 'lost'
    setTimeout(goLive, switchingTo.value === null ? RETRY_MS : RESTART_RETRY_MS)
  })
}

async function connect(): Promise<void> {
  if (cursor === undefined) {
    const now = await getJson<State>('state')
    meet(now)
    await loadHistory()
    if (restartedFrom.value !== null && now.learn) await loadPhaseFailure()
    cursor = now.cursor
  }
  await follow(cursor)
  goLive()
}

async function loadHistory(): Promise<void> {
  const [{ lines }] = await Promise.all([getJson<Logs>('logs'), has('metrics') ? loadMetrics() : undefined])
  addLines(lines, false)
}

async function loadMetrics(): Promise<void> {
  setMetrics(await getJson<Metrics>('metrics'))
}

/**
 * Reads the server's stream.
 *
 * @returns when the stream ends, for example because this page was too slow; reconnect at once
 * @throws when the stream could not be opened
 */
function follow(after: string): Promise<void> {
  const source = new EventSource(`/lab/api/events?after=${encodeURIComponent(after)}`)
  return new Promise((resolve, reject) => {
    let heard = false
    let silence = setTimeout(end, SILENCE_MS)

    function end(): void {
      clearTimeout(silence)
      source.close()
      if (heard) resolve()
      else reject(new Error('no stream'))
    }

    /** A failed fetch counts as a lost stream: it is reported and retried. */
    function broken(): void {
      heard = false
      end()
    }

    function on<Name extends keyof Events>(name: Name, take: (data: Events[Name]) => void): void {
      source.addEventListener(name, ({ data, lastEventId }: MessageEvent<string>) => {
        heard = true
        clearTimeout(silence)
        silence = setTimeout(end, SILENCE_MS)
        if (lastEventId) cursor = lastEventId
        batch(() => take(JSON.parse(data) as Events[Name]))
      })
    }

    source.addEventListener('error', end)
    on('state', (next) => {
      if (next.instance === state.value?.instance) return meet(next)
      cursor = undefined
      end()
    })
    on('log', (data) => take('log')(data))
    on('metrics', (data) => {
      take('metrics')(data)
      if (pausedAt.value === null && bounds.value.length === 0 && Object.keys(data.sample.routes).length > 0)
        loadMetrics().catch(broken)
    })
    on('trace', (data) => take('trace')(data))
    on('heartbeat', () => {})
  })
}

const show: { [Name in keyof Telemetry]: (data: Telemetry[Name]) => void } = {
  log: ({ lines, gap }) => addLines(lines, gap),
  metrics: ({ sample, exemplars }) => addSample(sample, exemplars),
  trace: ({ traces }) => addChangedTraces(traces),
}

/** Shows telemetry at once, or keeps it during a pause. */
function take<Name extends keyof Telemetry>(name: Name): (data: Telemetry[Name]) => void {
  return pausedAt.value === null ? show[name] : hold[name]
}

/** Ends a pause. */
export function goOn(): void {
  batch(() => resume(show))
}

function meet(next: State): void {
  batch(() => {
    setServerTime(next.time)
    const before = state.value
    connection.value = 'live'
    state.value = next
    if (before === null || before.instance === next.instance) return
    dropHeld()
    restartedFrom.value = { phase: before.phase.number, isExpected: next.phase.number === switchingTo.value }
    endSwitch()
    clearLines()
    clearMetrics()
  })
}
