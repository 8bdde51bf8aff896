import { computed, signal } from '@preact/signals'
import { parseFilter } from '../../filter/filter.ts'
import { matchesLine } from '../../filter/matching.ts'
import type { LogLine } from '../../wire.ts'
import { queryOf } from '../location.ts'
import { tail } from '../server/log-tail.ts'
import { isWithin, timeWindow } from '../time/time-window.ts'
import { LEVELS } from './levels.ts'

/** As typed. */
export const filterText = computed(() => queryOf('logs').get('filter') ?? '')
/** This level or a more serious one; empty for any. */
export const level = computed(() => queryOf('logs').get('level') ?? '')

export const filter = computed(() => parseFilter(filterText.value))

/** The lines at the time the user stopped the tail; null while it runs. */
export const frozen = signal<readonly LogLine[] | null>(null)

const matches = computed(() => {
  const wanted = filter.value
  const least = LEVELS.indexOf(level.value)
  const within = timeWindow.value
  const isLimited = within.from !== null || within.to !== null
  return (line: LogLine) =>
    LEVELS.indexOf(line.fields.level ?? '') >= least &&
    (!isLimited || isWithin(within, Date.parse(line.fields.time ?? ''))) &&
    matchesLine(wanted, line)
})

export const shownLines = computed(() => (frozen.value ?? tail.value).filter(matches.value))

/** Number of matching lines since the tail was stopped. */
export const missedLines = computed(() => {
  if (frozen.value === null) return 0
  const last = frozen.value.at(-1)?.seq ?? 0
  return tail.value.filter((line) => line.seq > last && matches.value(line)).length
})

export function stopTail(): void {
  frozen.value ??= tail.value
}

export function resumeTail(): void {
  frozen.value = null
}
