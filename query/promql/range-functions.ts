/** Functions of range vectors: each makes one number of the samples in a window. */
import type { SampledSeries } from '../series/series.ts'
import { ExactMean, ExactSum } from './arithmetic.ts'
import { SortedWindow } from './sorted-window.ts'

/** The samples of one series that a function looks at: those from index `first` up to, not including, `end`. */
export class SampleWindow {
  times: Float64Array = new Float64Array()
  values: Float64Array = new Float64Array()
  first = 0
  end = 0
  /** The range that was asked for, in milliseconds: later than `from`, up to `to`. */
  from = 0
  to = 0
  /** The moment of the step. */
  time = 0
  /** The function's other arguments, at this step. */
  scalars: number[] = []
  #resets: number[] | undefined
  #sorted: SortedWindow | undefined
  /** null when they were looked for and there are none. */
  #wholeSums: Float64Array | null | undefined

  open({ times, values }: SampledSeries): void {
    this.times = times
    this.values = values
    this.#resets = undefined
    this.#sorted = undefined
    this.#wholeSums = undefined
  }

  get count(): number {
    return this.end - this.first
  }

  get firstValue(): number {
    return this.values[this.first] as number
  }

  get lastValue(): number {
    return this.values[this.end - 1] as number
  }

  /** The values in the window, in order. */
  get sorted(): SortedWindow {
    this.#sorted ??= new SortedWindow(this.values)
    this.#sorted.moveTo(this.first, this.end)
    return this.#sorted
  }

  /**
   * The sum of the window's values where all of the series are whole numbers, as counts are: the difference of two sums
   * from the beginning, which is exact then. Undefined otherwise.
   */
  get wholeSum(): number | undefined {
    if (this.#wholeSums === undefined) this.#wholeSums = wholeSums(this.values)
    const sums = this.#wholeSums
    return sums === null ? undefined : (sums[this.end] as number) - (sums[this.first] as number)
  }

  /** Where in the series a counter was reset: indexes of samples that are lower than the one before. */
  get resets(): readonly number[] {
    if (this.#resets === undefined) {
      this.#resets = []
      const { values } = this
      for (let i = 1; i < values.length; i++)
        if ((values[i] as number) < (values[i - 1] as number)) this.#resets.push(i)
    }
    return this.#resets
  }
}

/** The sums of all values before each index; null when one of them is not whole, or could be rounded. */
function wholeSums(values: Float64Array): Float64Array | null {
  const sums = new Float64Array(values.length + 1)
  let total = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    total += Math.abs(value)
    if (!Number.isInteger(value) || total > Number.MAX_SAFE_INTEGER) return null
    sums[i + 1] = (sums[i] as number) + value
  }
  return sums
}

/** How a function of a range vector is computed. */
export interface RangeFunction {
  /** With fewer samples in the window there is no result. */
  readonly minimum: number
  /** Whether the result is a sample of the series, so that it keeps the name. */
  readonly keepsName?: boolean
  readonly compute: (window: SampleWindow) => number
}

/** By name. `absent_over_time` says first where something is present. */
export const rangeFunctions: Readonly<Record<string, RangeFunction>> = {
  rate: { minimum: 2, compute: (window) => extrapolated(window, true, true) },
  increase: { minimum: 2, compute: (window) => extrapolated(window, true, false) },
  delta: { minimum: 2, compute: (window) => extrapolated(window, false, false) },
  irate: { minimum: 2, compute: (window) => lastDifference(window, true) },
  idelta: { minimum: 2, compute: (window) => lastDifference(window, false) },
  deriv: { minimum: 2, compute: (window) => regression(window, window.times[window.first] as number).slope },
  predict_linear: {
    minimum: 2,
    compute: (window) => {
      const { slope, intercept } = regression(window, window.time)
      return slope * (window.scalars[0] as number) + intercept
    },
  },
  changes: { minimum: 1, compute: changes },
  resets: { minimum: 1, compute: resetsIn },
  avg_over_time: { minimum: 1, compute: average },
  min_over_time: { minimum: 1, compute: least },
  max_over_time: { minimum: 1, compute: most },
  sum_over_time: { minimum: 1, compute: sum },
  count_over_time: { minimum: 1, compute: (window) => window.count },
  quantile_over_time: {
    minimum: 1,
    compute: (window) => window.sorted.quantile(window.scalars[0] as number),
  },
  stddev_over_time: { minimum: 1, compute: (window) => Math.sqrt(variance(window)) },
  stdvar_over_time: { minimum: 1, compute: variance },
  first_over_time: { minimum: 1, keepsName: true, compute: (window) => window.firstValue },
  last_over_time: { minimum: 1, keepsName: true, compute: (window) => window.lastValue },
  present_over_time: { minimum: 1, compute: () => 1 },
  absent_over_time: { minimum: 1, compute: () => 1 },
}

/**
 * How much a value has risen in the range. The samples seldom reach from edge to edge, so the rise between the first
 * and the last is extended to the edges: all the way where a sample cannot be missing, else by half a sample's
 * distance, and never to where a counter would have been below zero.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/functions/#rate
 */
function extrapolated(window: SampleWindow, isCounter: boolean, perSecond: boolean): number {
  const { times, values, first, end, from, to } = window
  const firstTime = times[first] as number
  const lastTime = times[end - 1] as number
  let rise = window.lastValue - window.firstValue
  if (isCounter)
    for (const reset of window.resets) if (reset > first && reset < end) rise += values[reset - 1] as number

  const sampled = (lastTime - firstTime) / 1000
  const distance = sampled / (end - first - 1)
  const threshold = distance * 1.1
  let toStart = (firstTime - from) / 1000
  let toEnd = (to - lastTime) / 1000
  if (toStart >= threshold) toStart = distance / 2
  if (isCounter && rise > 0 && window.firstValue >= 0) {
    const toZero = sampled * (window.firstValue / rise)
    if (toZero < toStart) toStart = toZero
  }
  if (toEnd >= threshold) toEnd = distance / 2

  let factor = (sampled + toStart + toEnd) / sampled
  if (perSecond) factor /= (to - from) / 1000
  return rise * factor
}

function lastDifference({ times, values, end }: SampleWindow, isRate: boolean): number {
  const last = values[end - 1] as number
  const previous = values[end - 2] as number
  const difference = isRate && last < previous ? last : last - previous
  return isRate ? difference / (((times[end - 1] as number) - (times[end - 2] as number)) / 1000) : difference
}

/** The straight line that fits the samples best. @param origin the time at which `intercept` is, in milliseconds */
function regression({ times, values, first, end }: SampleWindow, origin: number): { slope: number; intercept: number } {
  const sumX = new ExactSum()
  const sumY = new ExactSum()
  const sumXY = new ExactSum()
  const sumX2 = new ExactSum()
  const firstValue = values[first] as number
  let isConstant = true
  for (let i = first; i < end; i++) {
    const x = ((times[i] as number) - origin) / 1000
    const y = values[i] as number
    if (i > first && y !== firstValue) isConstant = false
    sumX.add(x)
    sumY.add(y)
    sumXY.add(x * y)
    sumX2.add(x * x)
  }
  if (isConstant)
    return Math.abs(firstValue) === Number.POSITIVE_INFINITY
      ? { slope: Number.NaN, intercept: Number.NaN }
      : { slope: 0, intercept: firstValue }
  const count = end - first
  const covariance = sumXY.total - (sumX.total * sumY.total) / count
  const variance = sumX2.total - (sumX.total * sumX.total) / count
  const slope = covariance / variance
  return { slope, intercept: sumY.total / count - (slope * sumX.total) / count }
}

function changes({ values, first, end }: SampleWindow): number {
  let count = 0
  for (let i = first + 1; i < end; i++) {
    const value = values[i] as number
    const previous = values[i - 1] as number
    if (value !== previous && !(Number.isNaN(value) && Number.isNaN(previous))) count++
  }
  return count
}

function resetsIn({ resets, first, end }: SampleWindow): number {
  let count = 0
  for (const reset of resets) if (reset > first && reset < end) count++
  return count
}

function average(window: SampleWindow): number {
  const whole = window.wholeSum
  if (whole !== undefined) return whole / window.count
  const { sum, lost } = exactSum(window)
  if (Number.isFinite(sum)) return sum / window.count + lost / window.count
  const mean = new ExactMean()
  for (let i = window.first; i < window.end; i++) mean.add(window.values[i] as number)
  return mean.mean
}

function sum(window: SampleWindow): number {
  const whole = window.wholeSum
  if (whole !== undefined) return whole
  const { sum, lost } = exactSum(window)
  return Math.abs(sum) === Number.POSITIVE_INFINITY ? sum : sum + lost
}

/** What an ExactSum does, without an object for each window. */
function exactSum({ values, first, end }: SampleWindow): { readonly sum: number; readonly lost: number } {
  let sum = 0
  let lost = 0
  for (let i = first; i < end; i++) {
    const value = values[i] as number
    const next = sum + value
    if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) lost = 0
    else lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return { sum, lost }
}

/** NaN only when there is nothing else. */
function least({ values, first, end }: SampleWindow): number {
  let best = values[first] as number
  for (let i = first + 1; i < end; i++) {
    const value = values[i] as number
    if (value < best || Number.isNaN(best)) best = value
  }
  return best
}

function most({ values, first, end }: SampleWindow): number {
  let best = values[first] as number
  for (let i = first + 1; i < end; i++) {
    const value = values[i] as number
    if (value > best || Number.isNaN(best)) best = value
  }
  return best
}

/** After Welford, so that large values that differ little lose nothing. */
function variance({ values, first, end }: SampleWindow): number {
  const mean = new ExactSum()
  const squares = new ExactSum()
  for (let i = first; i < end; i++) {
    const value = values[i] as number
    const delta = value - mean.total
    mean.add(delta / (i - first + 1))
    squares.add(delta * (value - mean.total))
  }
  return squares.total / (end - first)
}
