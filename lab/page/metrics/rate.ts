import type { Sample } from '../../wire.ts'

/** A sample and the first one of the window that ends with it: what lies between is a rate. */
export interface Interval {
  readonly first: Sample
  readonly last: Sample
  /** Between the two. 0 when the window holds one sample only, and so no rate. */
  readonly seconds: number
}

/** For every sample the interval of at most `windowMs` that ends with it. */
export function intervals(samples: readonly Sample[], windowMs: number): Interval[] {
  let start = 0
  return samples.map((last) => {
    while ((samples[start]?.time ?? 0) < last.time - windowMs) start++
    const first = samples[start] ?? last
    return { first, last, seconds: (last.time - first.time) / 1000 }
  })
}

/** How fast a counter rose per second, as Prometheus' `rate` has it; null without two samples. */
export function rate({ first, last, seconds }: Interval, counter: (sample: Sample) => number): number | null {
  return seconds === 0 ? null : (counter(last) - counter(first)) / seconds
}

/** The increase of one counter as a share of the other's; null when that did not rise, for 0/0 is nothing. */
export function ratio(
  { first, last }: Interval,
  part: (sample: Sample) => number,
  whole: (sample: Sample) => number,
): number | null {
  const total = whole(last) - whole(first)
  return total === 0 ? null : (part(last) - part(first)) / total
}
