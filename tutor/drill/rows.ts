import type { Data, LabelSet } from '../ask/answer.ts'
import { toNumber } from '../ask/sample-value.ts'

/** A series of an answer, oldest value first. */
export interface Row {
  readonly labels: LabelSet
  readonly values: readonly number[]
}

/** The series of an answer; an instant one has a value each. */
export function rowsOf(data: Data): Row[] {
  switch (data.resultType) {
    case 'vector':
      return data.result.map(({ metric, value }) => ({ labels: metric, values: [toNumber(value[1])] }))
    case 'matrix':
      return data.result.map(({ metric, values }) => ({
        labels: metric,
        values: values.map(([, value]) => toNumber(value)),
      }))
    default:
      return []
  }
}

/** Whether a value is that many times those of all other series, which there must be. */
export function standsOut(row: Row, rows: readonly Row[], factor: number): boolean {
  const others = rows.filter((other) => other !== row).map(lastOf)
  return others.length > 0 && lastOf(row) >= factor * Math.max(...others.filter((value) => !Number.isNaN(value)))
}

/** Whether the series has come to that many times of what it was. */
export function hasRisen({ values }: Row, factor: number): boolean {
  const numbers = values.filter(Number.isFinite)
  const [first = Number.NaN] = numbers
  return numbers.length >= 3 && Math.max(...numbers) >= factor * Math.max(first, Number.MIN_VALUE)
}

export function lastOf({ values }: Row): number {
  return values.at(-1) ?? Number.NaN
}
