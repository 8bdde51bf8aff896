import type { RouteTotals, Sample } from '../../wire.ts'

/** Adds up a counter over all routes, or gives that of one. */
export function sumOf(sample: Sample, route: string, counter: (totals: RouteTotals) => number): number {
  if (route !== '') {
    const totals = sample.routes[route]
    return totals ? counter(totals) : 0
  }
  return Object.values(sample.routes).reduce((sum, totals) => sum + counter(totals), 0)
}

/** How many requests fell into each bucket between two samples; every bucket counts the smaller ones too. */
export function bucketIncrease(first: Sample, last: Sample, route: string, buckets: number): number[] {
  return Array.from({ length: buckets }, (_, bucket) => {
    const upTo = (totals: RouteTotals) => totals.buckets[bucket] ?? 0
    return sumOf(last, route, upTo) - sumOf(first, route, upTo)
  })
}
