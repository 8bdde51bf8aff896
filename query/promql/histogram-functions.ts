/** Quantiles and shares from the buckets of classic histograms. */
import type { Labels } from '../series/labels.ts'
import type { Annotations, FallingBuckets } from './annotations.ts'
import { Collector } from './collect.ts'
import type { TextRange } from './expression.ts'
import { type StepSeries, type Steps, timeOf } from './value.ts'

/** The count of observations up to a bound. */
interface Bucket {
  readonly upperBound: number
  count: number
}

interface Histogram {
  readonly labels: Labels
  readonly buckets: { readonly upperBound: number; readonly series: StepSeries }[]
}

const LE = new Set(['le'])
/** Counts that differ by less are the same but for rounding. */
const TOLERANCE = 1e-12

/** @param quantiles for each step; `quantileRange` and `seriesRange` are where remarks belong to */
export function histogramQuantile(
  steps: Steps,
  quantiles: Float64Array,
  series: readonly StepSeries[],
  annotations: Annotations,
  [quantileRange, seriesRange]: readonly [TextRange, TextRange],
): StepSeries[] {
  for (const q of new Set(quantiles)) if (!(q >= 0 && q <= 1)) annotations.invalidQuantile(q, quantileRange)
  return overHistograms(steps, series, annotations, seriesRange, (buckets, step) => {
    const { value, falling } = quantileOf(quantiles[step] as number, buckets)
    if (falling !== undefined) annotations.forcedMonotonicity(falling, timeOf(steps, step), seriesRange)
    return value
  })
}

/** The share of observations between two bounds, each given for each step. */
export function histogramFraction(
  steps: Steps,
  [lower, upper]: readonly [Float64Array, Float64Array],
  series: readonly StepSeries[],
  annotations: Annotations,
  range: TextRange,
): StepSeries[] {
  return overHistograms(steps, series, annotations, range, (buckets, step) =>
    fractionOf(lower[step] as number, upper[step] as number, buckets),
  )
}

/** Calls `compute` for each histogram and step with the buckets that have a value then, the lowest bound first. */
function overHistograms(
  steps: Steps,
  series: readonly StepSeries[],
  annotations: Annotations,
  range: TextRange,
  compute: (buckets: Bucket[], step: number) => number,
): StepSeries[] {
  const result = new Collector(steps)
  for (const { labels, buckets } of histogramsOf(series, annotations, range)) {
    const name = labels.withoutName()
    for (let step = 0; step < steps.count; step++) {
      const present: Bucket[] = []
      for (const { upperBound, series } of buckets)
        if (series.present[step] === 1) addBucket(present, upperBound, series.values[step] as number)
      if (present.length > 0) result.set(name, step, compute(present, step))
    }
  }
  return result.series
}

/** Buckets with the same bound, as 1 and 1.0, count as one. */
function addBucket(buckets: Bucket[], upperBound: number, count: number): void {
  const last = buckets.at(-1)
  if (last?.upperBound === upperBound) last.count += count
  else buckets.push({ upperBound, count })
}

function histogramsOf(series: readonly StepSeries[], annotations: Annotations, range: TextRange): Histogram[] {
  const byKey = new Map<string, Histogram>()
  for (const one of series) {
    const upperBound = parseBound(one.labels.get('le'))
    if (upperBound === undefined) {
      if (one.present.includes(1)) annotations.badBucketLabel(one.labels.get('le'), range)
      continue
    }
    const labels = one.labels.without(LE)
    const known = byKey.get(labels.key)
    if (known === undefined) byKey.set(labels.key, { labels, buckets: [{ upperBound, series: one }] })
    else known.buckets.push({ upperBound, series: one })
  }
  for (const { buckets } of byKey.values()) buckets.sort((a, b) => compareBounds(a.upperBound, b.upperBound))
  return [...byKey.values()]
}

function compareBounds(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function parseBound(text: string): number | undefined {
  if (/^[+-]?inf(?:inity)?$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^[+-]?nan$/i.test(text)) return Number.NaN
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}

/** https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile */
function quantileOf(q: number, buckets: Bucket[]): { value: number; falling?: FallingBuckets | undefined } {
  if (Number.isNaN(q)) return { value: Number.NaN }
  if (q < 0) return { value: Number.NEGATIVE_INFINITY }
  if (q > 1) return { value: Number.POSITIVE_INFINITY }
  const last = buckets.at(-1) as Bucket
  if (last.upperBound !== Number.POSITIVE_INFINITY) return { value: Number.NaN }

  const falling = makeMonotonic(buckets)
  if (buckets.length < 2 || last.count === 0) return { value: Number.NaN, falling }
  const rank = q * last.count
  const found = buckets.findIndex((bucket, i) => i === buckets.length - 1 || bucket.count >= rank)
  return { value: interpolated(buckets, found, rank), falling }
}

/** Observations are taken to be spread evenly in a bucket, and the lowest bucket to begin at 0. */
function interpolated(buckets: readonly Bucket[], index: number, rank: number): number {
  const { upperBound, count } = buckets[index] as Bucket
  const below = buckets[index - 1]
  if (index === buckets.length - 1) return (below as Bucket).upperBound
  if (below === undefined) return upperBound <= 0 ? upperBound : upperBound * (rank / count)
  const { upperBound: lowerBound, count: countBelow } = below
  return lowerBound + (upperBound - lowerBound) * ((rank - countBelow) / (count - countBelow))
}

/** Counts must not fall from bucket to bucket; where one does, e.g. as scrapes overlap, the higher one is used. */
function makeMonotonic(buckets: readonly Bucket[]): FallingBuckets | undefined {
  let previous = (buckets[0] as Bucket).count
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  let largest = 0
  for (const bucket of buckets.slice(1)) {
    const { count, upperBound } = bucket
    if (count === previous) continue
    if (isAlmost(previous, count)) bucket.count = previous
    else if (count < previous) {
      bucket.count = previous
      lowest = Math.min(lowest, upperBound)
      highest = Math.max(highest, upperBound)
      largest = Math.max(largest, previous - count)
    } else previous = count
  }
  return largest > 0 ? { lowest, highest, largest } : undefined
}

const SMALLEST_NORMAL = 2 ** -1022

function isAlmost(a: number, b: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true
  const sum = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || sum < SMALLEST_NORMAL) return difference < TOLERANCE * SMALLEST_NORMAL
  return difference / Math.min(sum, Number.MAX_VALUE) < TOLERANCE
}

/** The share of observations between two values. */
function fractionOf(lower: number, upper: number, buckets: readonly Bucket[]): number {
  const last = buckets.at(-1) as Bucket
  if (last.upperBound !== Number.POSITIVE_INFINITY || last.count === 0) return Number.NaN
  if (Number.isNaN(lower) || Number.isNaN(upper) || Number.isNaN(last.count)) return Number.NaN
  if (lower >= upper) return 0
  return (rankOf(upper, buckets) - rankOf(lower, buckets)) / last.count
}

/** How many observations are below a value. */
function rankOf(value: number, buckets: readonly Bucket[]): number {
  const total = (buckets.at(-1) as Bucket).count
  let rank = 0
  let lowerBound = (buckets[0] as Bucket).upperBound <= 0 ? Number.NEGATIVE_INFINITY : 0
  for (const { upperBound, count } of buckets) {
    if (lowerBound >= value) return Math.min(rank, total)
    if (upperBound > value) {
      if (lowerBound === Number.NEGATIVE_INFINITY) return Math.min(count, total)
      return Math.min(rank + ((count - rank) * (value - lowerBound)) / (upperBound - lowerBound), total)
    }
    rank = count
    lowerBound = upperBound
  }
  return total
}
