import { computed, signal } from '@preact/signals'
import type { LogLine } from '../../wire.ts'
import { tail } from '../server/log-tail.ts'
import { LEVELS } from './levels.ts'

/** Filter of the tail. Empty matches any. */
export interface LogFilter {
  /** This level or a more serious one. */
  readonly level: string
  /** Anywhere in the line, case-insensitive. */
  readonly text: string
  /** Part of the route. */
  readonly route: string
  readonly request_id: string
  readonly trace_id: string
}

const NO_FILTER: LogFilter = { level: '', text: '', route: '', request_id: '', trace_id: '' }

export const filter = signal<LogFilter>(NO_FILTER)

/** The lines at the time the user stopped the tail; null while it runs. */
export const frozen = signal<readonly LogLine[] | null>(null)

export const shownLines = computed(() => {
  const matches = matcher(filter.value)
  return (frozen.value ?? tail.value).filter(matches)
})

/** Number of matching lines since the tail was stopped. */
export const missedLines = computed(() => {
  if (frozen.value === null) return 0
  const last = frozen.value.at(-1)?.seq ?? 0
  const matches = matcher(filter.value)
  return tail.value.filter((line) => line.seq > last && matches(line)).length
})

/** For an address like `#/logs?trace_id=…`: only that filter. */
export function filterBy(query: URLSearchParams): void {
  const given = Object.keys(NO_FILTER).map((name) => [name, query.get(name) ?? ''])
  filter.value = { ...NO_FILTER, ...Object.fromEntries(given) }
}

export function stopTail(): void {
  frozen.value ??= tail.value
}

export function resumeTail(): void {
  frozen.value = null
}

function matcher(wanted: LogFilter): (line: LogLine) => boolean {
  const text = wanted.text.toLowerCase()
  const least = LEVELS.indexOf(wanted.level)
  return ({ raw, fields }) =>
    LEVELS.indexOf(fields.level ?? '') >= least &&
    (wanted.route === '' || (fields.route ?? '').includes(wanted.route)) &&
    (wanted.request_id === '' || fields.request_id === wanted.request_id) &&
    (wanted.trace_id === '' || fields.trace_id === wanted.trace_id) &&
    (text === '' || raw.toLowerCase().includes(text))
}
