import type { Labels } from '../series/labels.ts'
import { ExecutionError, emptySeries, type StepSeries, type Steps } from './value.ts'

/** The message of the error when two results have the same labels. */
export const SAME_LABELS = 'vector cannot contain metrics with the same labelset'

/** Series that are being computed, by their labels. */
export class Collector {
  readonly #byKey = new Map<string, StepSeries>()

  constructor(readonly steps: Steps) {}

  get series(): StepSeries[] {
    return [...this.#byKey.values()]
  }

  /** @throws {ExecutionError} when a series of these labels has a value at that step already. */
  set(labels: Labels, step: number, value: number): void {
    write(this.open(labels), step, value)
  }

  open(labels: Labels): StepSeries {
    const known = this.#byKey.get(labels.key)
    if (known !== undefined) return known
    const series = emptySeries(labels, this.steps)
    this.#byKey.set(labels.key, series)
    return series
  }
}

/** @throws {ExecutionError} when there is a value at that step already. */
export function write(series: StepSeries, step: number, value: number): void {
  if (series.present[step] === 1) throw new ExecutionError(SAME_LABELS)
  series.values[step] = value
  series.present[step] = 1
}

/**
 * Makes one series of those that have the same labels, as series have whose names were dropped.
 *
 * @throws {ExecutionError} when two have a value at the same step.
 */
export function merged(series: readonly StepSeries[]): StepSeries[] {
  const byKey = new Map<string, StepSeries>()
  for (const one of series) {
    const known = byKey.get(one.labels.key)
    byKey.set(one.labels.key, known === undefined ? one : joined(known, one))
  }
  return byKey.size === series.length ? [...series] : [...byKey.values()]
}

function joined(a: StepSeries, b: StepSeries): StepSeries {
  const both = { labels: a.labels, values: a.values.slice(), present: a.present.slice() }
  b.present.forEach((present, step) => {
    if (present === 1) write(both, step, b.values[step] as number)
  })
  return both
}

/** A vector with other values and, perhaps, other labels. What is absent stays absent. */
export function mapped(
  series: readonly StepSeries[],
  labels: (labels: Labels) => Labels,
  value: (value: number, step: number) => number,
): StepSeries[] {
  return merged(
    series.map((one) => {
      const values = new Float64Array(one.values.length)
      for (let step = 0; step < values.length; step++)
        if (one.present[step] === 1) values[step] = value(one.values[step] as number, step)
      return { labels: labels(one.labels), values, present: one.present }
    }),
  )
}

/** 1 for each step at which any of the series has a value. */
export function presence(series: readonly StepSeries[], steps: Steps): Uint8Array {
  const any = new Uint8Array(steps.count)
  for (const { present } of series)
    present.forEach((value, step) => {
      if (value === 1) any[step] = 1
    })
  return any
}
