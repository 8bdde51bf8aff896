import type { LogResultStream } from '../../../query/logql/engine.ts'
import type { Table } from '../exercise.ts'
import type { Difference } from './difference.ts'

/** A line of a result. */
export interface FoundLine {
  /** Nanoseconds since 1970. */
  readonly time: bigint
  readonly text: string
}

/** All lines of a result, in the order of time. */
export function linesIn(streams: readonly LogResultStream[]): FoundLine[] {
  return streams
    .flatMap(({ lines }) => lines.map(([time, text]) => ({ time, text })))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
}

/** @returns undefined when the lines are as expected; labels do not matter */
export function compareLines(expected: readonly FoundLine[], seen: readonly FoundLine[]): Difference | undefined {
  const [wanted, found] = [new Set(expected.map(keyOf)), new Set(seen.map(keyOf))]
  const missing = expected.filter((line) => !found.has(keyOf(line)))
  const unexpected = seen.filter((line) => !wanted.has(keyOf(line)))
  if (missing.length === 0 && unexpected.length === 0) return undefined
  const rows = [
    ...missing.map((line) => rowOf('missing', line)),
    ...unexpected.map((line) => rowOf('not wanted', line)),
  ]
  const kind = seen.length === 0 ? 'nothing' : missing.length > 0 ? 'missing' : 'unexpected'
  const counts = `${missing.length} of ${expected.length} lines are missing, and ${unexpected.length} are not wanted`
  return { kind, seen: seen.length === 0 ? 'no lines at all' : counts, table: [['', ...COLUMNS], ...rows] }
}

/** A result for the learner. */
export function lineTable(lines: readonly FoundLine[]): Table {
  if (lines.length === 0) return [['no lines']]
  return [[...COLUMNS], ...lines.map((line) => rowOf('', line).slice(1))]
}

const COLUMNS = ['time', 'line'] as const

function rowOf(what: string, { time, text }: FoundLine): string[] {
  const clock = new Date(Number(time / 1_000_000n)).toISOString().slice(11, 19)
  return [what, clock, text]
}

function keyOf({ time, text }: FoundLine): string {
  return `${time} ${text}`
}
