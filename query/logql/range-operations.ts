import { quantile } from '../promql/arithmetic.ts'
import type { RangeAggregation } from './expression.ts'

/** The values in a range, oldest first; there is at least one. @param seconds of the range */
export type RangeFunction = (values: readonly number[], times: readonly bigint[], seconds: number) => number

/** Without an unwrapped label, the values are 1 for each line, or its bytes. */
export function rangeFunction({ operation, unwrap, parameter }: RangeAggregation): RangeFunction {
  switch (operation) {
    case 'count_over_time':
      return (values) => values.length
    case 'rate':
      return unwrap === undefined
        ? (values, _, seconds) => values.length / seconds
        : (values, _, seconds) => sum(values) / seconds
    case 'rate_counter':
      return counterRate
    case 'bytes_rate':
      return (values, _, seconds) => sum(values) / seconds
    case 'bytes_over_time':
    case 'sum_over_time':
      return sum
    case 'avg_over_time':
      return mean
    case 'min_over_time':
      return (values) =>
        values.reduce((least, value) => (value < least || Number.isNaN(least) ? value : least), Number.NaN)
    case 'max_over_time':
      return (values) => values.reduce((most, value) => (value > most || Number.isNaN(most) ? value : most), Number.NaN)
    case 'stdvar_over_time':
      return variance
    case 'stddev_over_time':
      return (values) => Math.sqrt(variance(values))
    case 'quantile_over_time':
      return (values) => quantile(parameter as number, Float64Array.from(values))
    case 'first_over_time':
      return (values) => values[0] as number
    case 'last_over_time':
      return (values) => values.at(-1) as number
    case 'absent_over_time':
      return () => 1
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function mean(values: readonly number[]): number {
  let mean = 0
  values.forEach((value, i) => {
    if (Number.isFinite(mean) || Number.isNaN(mean)) mean += value / (i + 1) - mean / (i + 1)
    else if (value !== mean && !Number.isFinite(value)) mean = Number.NaN
  })
  return mean
}

function variance(values: readonly number[]): number {
  let mean = 0
  let squares = 0
  values.forEach((value, i) => {
    const delta = value - mean
    mean += delta / (i + 1)
    squares += delta * (value - mean)
  })
  return squares / values.length
}

/**
 * As Prometheus' `rate`, but the times of the samples are nanoseconds where the range is in milliseconds, as in Loki. So
 * what is extrapolated to the start of the range is next to nothing.
 */
function counterRate(values: readonly number[], times: readonly bigint[], seconds: number): number {
  if (values.length < 2) return 0
  const first = values[0] as number
  let increase = (values.at(-1) as number) - first
  let last = 0
  for (const value of values) {
    if (value < last) increase += last
    last = value
  }
  const sampled = Number((times.at(-1) as bigint) - (times[0] as bigint)) / 1000
  const average = sampled / (values.length - 1)
  const toZero = increase > 0 && first >= 0 ? sampled * (first / increase) : Number.POSITIVE_INFINITY
  const toStart = Math.min(seconds, toZero)
  const extrapolated = sampled + (toStart < average * 1.1 ? toStart : average / 2) + (average > 0 ? 0 : average / 2)
  return (increase * (extrapolated / sampled)) / seconds
}
