import type { RouteTotals, Sample } from '../../wire.ts'

/** A counter of one route, or its sum over all routes. */
export function sumOf(sample: Sample, route: string, counter: (totals: RouteTotals) => number): number {
  if (route !== '') {
    const totals = sample.routes[route]
    return totals ? counter(totals) : 0
  }
  return Object.values(sample.routes).reduce((sum, totals) => sum + counter(totals), 0)
}

/** Cumulative bucket counts between two samples. */
export function bucketIncrease(first: Sample, last: Sample, route: string, buckets: number): number[] {
  return Array.from({ length: buckets }, (_, bucket) => {
    const upTo = (totals: RouteTotals) => totals.buckets[bucket] ?? 0
    return sumOf(last, route, upTo) - sumOf(first, route, upTo)
  })
}
