import { signal } from '@preact/signals'
import type { Events, LogLine, TraceSummary } from '../../wire.ts'

/** The parts of the stream that a pause holds back. */
export type Telemetry = Pick<Events, 'log' | 'metrics' | 'trace'>

/** When everything was paused, in the server's time; null while the page is live. */
export const pausedAt = signal<number | null>(null)

/** What has arrived since the pause, also what no longer fits into the page's buffers. */
export const arrived = signal({ lines: 0, traces: 0 })

/** The sizes of the page's buffers: with more, the oldest would be dropped anyway. */
const MAX_LINES = 2000
const MAX_SAMPLES = 900
const MAX_TRACES = 300

let lines: LogLine[] = []
let hasGap = false
let samples: Telemetry['metrics'][] = []
const traces = new Map<string, TraceSummary>()

export function pause(at: number): void {
  pausedAt.value ??= at
}

/** Goes on, and hands over what was held back. */
export function resume(deliver: { [Name in keyof Telemetry]: (data: Telemetry[Name]) => void }): void {
  const held = { lines, gap: hasGap, samples, traces: [...traces.values()] }
  dropHeld()
  if (held.lines.length > 0 || held.gap) deliver.log({ lines: held.lines, gap: held.gap })
  for (const sample of held.samples) deliver.metrics(sample)
  if (held.traces.length > 0) deliver.trace({ traces: held.traces, skipped: 0 })
}

/** Goes on without what was held back, such as after a restart of the server. */
export function dropHeld(): void {
  pausedAt.value = null
  arrived.value = { lines: 0, traces: 0 }
  lines = []
  hasGap = false
  samples = []
  traces.clear()
}

/** Keeps what arrives during a pause, within bounds. */
export const hold: { [Name in keyof Telemetry]: (data: Telemetry[Name]) => void } = {
  log(data) {
    lines = [...lines, ...data.lines].slice(-MAX_LINES)
    hasGap ||= data.gap
    arrived.value = { ...arrived.value, lines: arrived.value.lines + data.lines.length }
  },
  metrics(data) {
    samples = [...samples, data].slice(-MAX_SAMPLES)
  },
  trace(data) {
    const added = data.traces.filter(({ trace_id }) => !traces.has(trace_id)).length + data.skipped
    for (const trace of data.traces) {
      traces.delete(trace.trace_id)
      traces.set(trace.trace_id, trace)
    }
    for (const oldest of traces.keys()) {
      if (traces.size <= MAX_TRACES) break
      traces.delete(oldest)
    }
    arrived.value = { ...arrived.value, traces: arrived.value.traces + added }
  },
}
