import { batch } from '@preact/signals'
import type { Events, Logs, Metrics, State } from '../../wire.ts'
import { getJson } from './api.ts'
import { addLines, clearLines } from './log-tail.ts'
import { addSample, bounds, clearMetrics, setMetrics } from './metric-history.ts'
import { connection, has, restartedFrom, state } from './server-state.ts'
import { addTraceNews } from './trace-news.ts'

const RETRY_MS = 1000
/** The server sends a heartbeat every five seconds; when three are missing, the connection is dead. */
const SILENCE_MS = 16_000

/** Where the stream goes on; undefined when all has to be asked for anew. */
let cursor: string | undefined

/** Keeps the page up to date for as long as it is open: first what is there already, then what comes. */
export function goLive(): void {
  connect().catch(() => {
    connection.value = 'lost'
    setTimeout(goLive, RETRY_MS)
  })
}

async function connect(): Promise<void> {
  if (cursor === undefined) {
    const now = await getJson<State>('state')
    meet(now)
    await loadHistory()
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
 * Takes in what the server streams.
 *
 * @returns when the stream has ended, for example because this page was too slow: to come back at once.
 * @throws when there was no stream
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

    /** What cannot be asked for is as good as no stream: that is told, and tried again. */
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
    on('log', ({ lines, gap }) => addLines(lines, gap))
    on('metrics', ({ sample, exemplars }) => {
      addSample(sample, exemplars)
      if (bounds.value.length === 0 && Object.keys(sample.routes).length > 0) loadMetrics().catch(broken)
    })
    on('trace', ({ traces }) => addTraceNews(traces))
    on('heartbeat', () => {})
  })
}

function meet(next: State): void {
  batch(() => {
    const before = state.value
    connection.value = 'live'
    state.value = next
    if (before === null || before.instance === next.instance) return
    restartedFrom.value = { phase: before.phase.number }
    clearLines()
    clearMetrics()
  })
}
