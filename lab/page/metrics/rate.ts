import type { Sample } from '../../wire.ts'

/** A sample and the first sample of the window that ends with it. */
export interface Interval {
  readonly first: Sample
  readonly last: Sample
  /** Between the two. 0 when the window contains only one sample. */
  readonly seconds: number
}

/** For every sample, the interval of at most `windowMs` that ends with it. */
export function intervals(samples: readonly Sample[], windowMs: number): Interval[] {
  let start = 0
  return samples.map((last) => {
    while ((samples[start]?.time ?? 0) < last.time - windowMs) start++
    const first = samples[start] ?? last
    return { first, last, seconds: (last.time - first.time) / 1000 }
  })
}

/** Increase of a counter per second, like Prometheus' `rate`; null without two samples. */
export function rate({ first, last, seconds }: Interval, counter: (sample: Sample) => number): number | null {
  return seconds === 0 ? null : (counter(last) - counter(first)) / seconds
}

/** The ratio of two counters' increases; null when the divisor did not rise. */
export function ratio(
  { first, last }: Interval,
  part: (sample: Sample) => number,
  whole: (sample: Sample) => number,
): number | null {
  const total = whole(last) - whole(first)
  return total === 0 ? null : (part(last) - part(first)) / total
}
