import { quote } from '../quote.ts'
import { isLabelName, type Labels } from '../series/labels.ts'
import type { Annotations } from './annotations.ts'
import { ExactMean, ExactSum, quantile } from './arithmetic.ts'
import { Collector, write } from './collect.ts'
import type { Aggregation } from './expression.ts'
import { formatPlain } from './format-number.ts'
import { BoundedHeap } from './heap.ts'
import { ExecutionError, emptySeries, type StepSeries, type Steps } from './value.ts'

interface Group {
  readonly labels: Labels
  readonly members: StepSeries[]
}

/**
 * Aggregates over series.
 *
 * @param parameter of `topk`, `bottomk` and `quantile` at each step, or the label of `count_values`
 */
export function aggregate(
  steps: Steps,
  aggregation: Aggregation,
  series: readonly StepSeries[],
  parameter: Float64Array | string | undefined,
  annotations: Annotations,
): StepSeries[] {
  const { operator } = aggregation
  if (operator === 'count_values') return countValues(steps, aggregation, series, parameter as string)
  const groups = groupsOf(series, aggregation)
  if (operator === 'topk' || operator === 'bottomk')
    return best(steps, groups, series.length, operator === 'topk', parameter as Float64Array)
  if (operator === 'quantile') {
    warnOfQuantiles(parameter as Float64Array, aggregation, annotations)
    return groups.map((group) => quantiles(steps, group, parameter as Float64Array))
  }
  return groups.map(({ labels, members }) => {
    const result = emptySeries(labels, steps)
    fold(result, members, accumulators[operator])
    return result
  })
}

function groupsOf(series: readonly StepSeries[], aggregation: Aggregation): Group[] {
  const groups = new Map<string, Group>()
  const labelsOf = grouping(aggregation)
  for (const one of series) {
    if (!one.present.includes(1)) continue
    const labels = labelsOf(one.labels)
    const known = groups.get(labels.key)
    if (known === undefined) groups.set(labels.key, { labels, members: [one] })
    else known.members.push(one)
  }
  return [...groups.values()]
}

function grouping({ grouping, without }: Aggregation, extra: readonly string[] = []): (labels: Labels) => Labels {
  const names = new Set(without ? [...grouping, '__name__'] : [...grouping, ...extra])
  return (labels) => (without ? labels.without(names) : labels.only(names))
}

/** What is known of a group at one step. */
interface Accumulator {
  add(value: number): void
  readonly result: number
}

class Sum extends ExactSum implements Accumulator {
  get result(): number {
    return this.total
  }
}

class Mean extends ExactMean implements Accumulator {
  get result(): number {
    return this.mean
  }
}

class Count implements Accumulator {
  result = 0
  add(): void {
    this.result++
  }
}

class One implements Accumulator {
  readonly result = 1
  add(): void {}
}

class Least implements Accumulator {
  result = Number.NaN
  add(value: number): void {
    if (this.result > value || Number.isNaN(this.result)) this.result = value
  }
}

class Most implements Accumulator {
  result = Number.NaN
  add(value: number): void {
    if (this.result < value || Number.isNaN(this.result)) this.result = value
  }
}

class Variance implements Accumulator {
  #count = 0
  #mean = 0
  #squares = 0

  add(value: number): void {
    this.#count++
    if (this.#count === 1) {
      this.#mean = value
      this.#squares = Number.isFinite(value) ? 0 : Number.NaN
      return
    }
    const delta = value - this.#mean
    this.#mean += delta / this.#count
    this.#squares += delta * (value - this.#mean)
  }

  get result(): number {
    return this.#squares / this.#count
  }
}

class Deviation extends Variance {
  override get result(): number {
    return Math.sqrt(super.result)
  }
}

const accumulators: Readonly<
  Record<'sum' | 'avg' | 'count' | 'group' | 'min' | 'max' | 'stdvar' | 'stddev', new () => Accumulator>
> = { sum: Sum, avg: Mean, count: Count, group: One, min: Least, max: Most, stdvar: Variance, stddev: Deviation }

function fold(result: StepSeries, members: readonly StepSeries[], Kind: new () => Accumulator): void {
  const states: (Accumulator | undefined)[] = new Array(result.values.length)
  for (const { values, present } of members) {
    for (let step = 0; step < values.length; step++) {
      if (present[step] === 0) continue
      let state = states[step]
      if (state === undefined) {
        state = new Kind()
        states[step] = state
      }
      state.add(values[step] as number)
    }
  }
  states.forEach((state, step) => {
    if (state !== undefined) write(result, step, state.result)
  })
}

function warnOfQuantiles(quantiles: Float64Array, { parameter }: Aggregation, annotations: Annotations): void {
  const range = (parameter as NonNullable<typeof parameter>).range
  if (quantiles.some(Number.isNaN)) {
    annotations.invalidQuantile(Number.NaN, range)
    return
  }
  const most = largest(quantiles)
  const least = smallest(quantiles)
  if (most > 1) annotations.invalidQuantile(most, range)
  if (least < 0) annotations.invalidQuantile(least, range)
}

function quantiles(steps: Steps, { labels, members }: Group, parameter: Float64Array): StepSeries {
  const result = emptySeries(labels, steps)
  const values = new Float64Array(members.length)
  for (let step = 0; step < steps.count; step++) {
    let count = 0
    for (const member of members) {
      if (member.present[step] === 0) continue
      values[count] = member.values[step] as number
      count++
    }
    if (count > 0) write(result, step, quantile(parameter[step] as number, values.subarray(0, count)))
  }
  return result
}

/** The members of each group with the largest or the smallest values. With one step, they are in that order. */
function best(
  steps: Steps,
  groups: readonly Group[],
  seriesCount: number,
  isTop: boolean,
  sizes: Float64Array,
): StepSeries[] {
  if (sizes.some(Number.isNaN)) throw new ExecutionError('Parameter value is NaN')
  if (largest(sizes) < 1) return []
  if (smallest(sizes) <= -(2 ** 63)) throw new ExecutionError(`Scalar value ${smallest(sizes)} underflows int64`)
  if (largest(sizes) >= 2 ** 63) throw new ExecutionError(`Scalar value ${largest(sizes)} overflows int64`)

  const result = new Collector(steps)
  for (let step = 0; step < steps.count; step++) {
    const size = Math.min(Math.trunc(sizes[step] as number), seriesCount)
    if (size < 1) continue
    for (const { members } of groups) {
      const heap = new BoundedHeap<{ labels: Labels; value: number }>(
        size,
        isTop
          ? (a, b) => Number.isNaN(a.value) || a.value < b.value
          : (a, b) => Number.isNaN(a.value) || a.value > b.value,
        isTop
          ? (a, worst) => worst.value < a.value || (Number.isNaN(worst.value) && !Number.isNaN(a.value))
          : (a, worst) => worst.value > a.value || (Number.isNaN(worst.value) && !Number.isNaN(a.value)),
      )
      for (const { labels, values, present } of members)
        if (present[step] === 1) heap.offer({ labels, value: values[step] as number })
      for (const { labels, value } of heap.sorted()) result.set(labels, step, value)
    }
  }
  return result.series
}

function countValues(
  steps: Steps,
  aggregation: Aggregation,
  series: readonly StepSeries[],
  label: string,
): StepSeries[] {
  if (!isLabelName(label)) throw new ExecutionError(`invalid label name ${quote(label)}`)
  const labelsOf = grouping(aggregation, [label])
  const result = new Collector(steps)
  for (const { labels, values, present } of series) {
    for (let step = 0; step < steps.count; step++) {
      if (present[step] === 0) continue
      const counted = result.open(labelsOf(labels.with({ [label]: formatPlain(values[step] as number) })))
      counted.values[step] = (counted.values[step] as number) + 1
      counted.present[step] = 1
    }
  }
  return result.series
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => (value > most ? value : most), Number.NEGATIVE_INFINITY)
}

function smallest(values: Float64Array): number {
  return values.reduce((least, value) => (value < least ? value : least), Number.POSITIVE_INFINITY)
}
