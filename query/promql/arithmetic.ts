import type { Arithmetic, BinaryOperator, Comparison } from './expression.ts'

type Operation = (left: number, right: number) => number

const ARITHMETIC: Readonly<Record<Arithmetic, Operation>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': power,
  atan2: Math.atan2,
}

const COMPARISON: Readonly<Record<Comparison, (left: number, right: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
}

/** What an operator computes. */
export function arithmetic(operator: Arithmetic): Operation {
  return ARITHMETIC[operator]
}

/** Whether a comparison holds. */
export function comparison(operator: Comparison): (left: number, right: number) => boolean {
  return COMPARISON[operator]
}

/** What a comparison of scalars gives: 1 or 0. */
export function scalarOperation(operator: BinaryOperator): Operation {
  const compare = COMPARISON[operator as Comparison] as ((left: number, right: number) => boolean) | undefined
  return compare === undefined ? ARITHMETIC[operator as Arithmetic] : (a, b) => (compare(a, b) ? 1 : 0)
}

/** As IEEE 754 and Go have it: 1 to any power is 1, and so is -1 to an infinite one. JavaScript says NaN. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && !Number.isFinite(exponent) && !Number.isNaN(exponent))) return 1
  return base ** exponent
}

/** A sum that remembers what rounding has taken from it, after Kahan and Neumaier. */
export class ExactSum {
  sum = 0
  lost = 0

  add(value: number): void {
    const { sum } = this
    const next = sum + value
    if (!Number.isFinite(next) && !Number.isNaN(next)) this.lost = 0
    else this.lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    this.sum = next
  }

  get total(): number {
    return this.sum + this.lost
  }
}

/**
 * The mean of numbers. Their sum may be too large for a number where the mean is not; from there on the mean itself
 * is kept.
 */
export class ExactMean {
  count = 0
  #sum = new ExactSum()
  #incremental = false

  add(value: number): void {
    this.count++
    if (this.#incremental) {
      this.#blend(value)
      return
    }
    const { sum, lost } = this.#sum
    this.#sum.add(value)
    if (this.count === 1 || Number.isNaN(this.#sum.sum) || Number.isFinite(this.#sum.sum)) return
    this.#incremental = true
    this.#sum.sum = sum / (this.count - 1)
    this.#sum.lost = lost / (this.count - 1)
    this.#blend(value)
  }

  get mean(): number {
    if (this.#incremental) return this.#sum.total
    return this.#sum.sum / this.count + this.#sum.lost / this.count
  }

  #blend(value: number): void {
    const share = (this.count - 1) / this.count
    this.#sum.sum *= share
    this.#sum.lost *= share
    this.#sum.add(value / this.count)
  }
}

/** The φ-quantile of values, between two of them by linear interpolation. NaN counts as the smallest. Sorts them. */
export function quantile(q: number, values: Float64Array): number {
  values.sort() // NaN comes last
  const numbers = values.findIndex(Number.isNaN)
  return numbers === -1
    ? quantileOfSorted(q, 0, values)
    : quantileOfSorted(q, values.length - numbers, values.subarray(0, numbers))
}

/** @param nans how many values there are beside the sorted ones */
export function quantileOfSorted(q: number, nans: number, sorted: Float64Array): number {
  const count = nans + sorted.length
  if (count === 0 || Number.isNaN(q)) return Number.NaN
  if (q < 0) return Number.NEGATIVE_INFINITY
  if (q > 1) return Number.POSITIVE_INFINITY
  const rank = q * (count - 1)
  const lower = Math.floor(rank)
  if (lower < nans) return Number.NaN
  const weight = rank - lower
  const upper = Math.min(count - 1, lower + 1)
  return (sorted[lower - nans] as number) * (1 - weight) + (sorted[upper - nans] as number) * weight
}
