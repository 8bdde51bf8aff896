import type { Labels } from '../../../query/series/labels.ts'
import type { Table } from '../exercise.ts'
import type { Difference } from './difference.ts'

/** A series of a result at one moment. */
export interface Row {
  readonly labels: Labels
  readonly value: number
}

/** What counts as right. */
export interface Comparison {
  /** By how much a value may differ, as a share of what is expected; default 0.01. */
  readonly tolerance?: number
  /** Whether only it matters that there is a result, as for an alert. */
  readonly anyResult?: boolean
}

/** @returns undefined when the rows are as expected, in any order */
export function compareRows(
  expected: readonly Row[],
  seen: readonly Row[],
  comparison: Comparison,
): Difference | undefined {
  if (comparison.anyResult && expected.length > 0 === seen.length > 0) return undefined
  const [wanted, found] = [bySeries(expected), bySeries(seen)]
  const names = [...new Set([...wanted.keys(), ...found.keys()])]
  const isRight = (name: string) => areEqual(wanted.get(name) ?? [], found.get(name) ?? [], comparison)
  const wrong = names.filter((name) => !isRight(name))
  const [first] = wrong
  if (first === undefined) return undefined
  const rows = [...wrong, ...names.filter(isRight)].map((name) => [
    name,
    asText(wanted.get(name)),
    asText(found.get(name)),
    isRight(name) ? '' : '✗',
  ])
  const labels = labelsOf(expected, seen)
  const missing = wrong.find((name) => !found.has(name))
  const unexpected = wrong.find((name) => !wanted.has(name))
  const part = { table: [['series', 'expected', 'seen', ''], ...rows], factor: factorOf(expected, found) }
  if (expected.length > 0 && seen.length === 0) return { kind: 'nothing', seen: 'no series at all', ...part }
  if (labels !== undefined) return { kind: 'labels', seen: labels, ...part }
  if (missing !== undefined) return { kind: 'missing', seen: `no series ${missing}`, ...part }
  if (unexpected !== undefined)
    return { kind: 'unexpected', seen: `a series ${unexpected} that does not belong there`, ...part }
  const values = `${first} is ${asText(found.get(first))} in place of ${asText(wanted.get(first))}`
  return { kind: 'values', seen: values, ...part }
}

/** A result for the learner, without what is expected. */
export function tableOf(rows: readonly Row[]): Table {
  if (rows.length === 0) return [['no series']]
  return [
    ['series', 'value'],
    ...rows.map(({ labels, value }) => [labels.withoutName().toString(), formatNumber(value)]),
  ]
}

/** To four digits, which suffice to tell right from wrong. */
function formatNumber(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value)
}

/** The name of the metric is of no interest. */
function bySeries(rows: readonly Row[]): Map<string, number[]> {
  const series = new Map<string, number[]>()
  for (const { labels, value } of rows) {
    const name = labels.withoutName().toString()
    series.set(name, [...(series.get(name) ?? []), value])
  }
  return series
}

function areEqual(wanted: readonly number[], found: readonly number[], comparison: Comparison): boolean {
  if (wanted.length !== found.length) return false
  return wanted.every((value, i) => isClose(value, found[i] as number, comparison.tolerance))
}

function isClose(wanted: number, found: number, tolerance = 0.01): boolean {
  if (Object.is(wanted, found) || wanted === found) return true
  return Math.abs(wanted - found) <= Math.abs(wanted) * tolerance + 1e-9
}

function asText(values: readonly number[] | undefined): string {
  return values === undefined ? '–' : values.map(formatNumber).join(' and ')
}

/** What is wrong with the names of the labels; undefined when they are as expected. */
function labelsOf(expected: readonly Row[], seen: readonly Row[]): string | undefined {
  const namesIn = (rows: readonly Row[]) =>
    new Set(
      rows.flatMap(({ labels }) =>
        labels
          .withoutName()
          .entries()
          .map(([name]) => name),
      ),
    )
  const [wanted, found] = [namesIn(expected), namesIn(seen)]
  if (expected.length === 0) return undefined
  const extra = [...found].filter((name) => !wanted.has(name))
  const missing = [...wanted].filter((name) => !found.has(name))
  if (extra.length > 0) return `series that also have ${named(extra)}`
  return missing.length > 0 ? `series without ${named(missing)}` : undefined
}

function named(labels: readonly string[]): string {
  return labels.length === 1 ? `the label ${labels[0]}` : `the labels ${labels.join(', ')}`
}

function factorOf(expected: readonly Row[], found: ReadonlyMap<string, readonly number[]>): number | undefined {
  const factors = expected.flatMap(({ labels, value }) => {
    const [other] = found.get(labels.withoutName().toString()) ?? []
    return value === 0 && other === 0 ? [] : [(other ?? Number.NaN) / value]
  })
  const [first] = factors
  if (first === undefined || !Number.isFinite(first)) return undefined
  return factors.every((factor) => Math.abs(factor - first) <= 0.02 * Math.abs(first)) ? first : undefined
}
