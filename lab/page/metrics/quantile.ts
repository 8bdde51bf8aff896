/**
 * A percentile from a histogram, as Prometheus' `histogram_quantile` computes it: with linear interpolation within the
 * bucket.
 *
 * @param quantile 0.95 for the 95th percentile
 * @param bounds upper bounds of the buckets, ascending; the last is null for +Inf
 * @param counts cumulative observations up to each bound
 * @returns in the unit of the bounds; null without observations
 *
 * https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 */
export function histogramQuantile(
  quantile: number,
  bounds: readonly (number | null)[],
  counts: readonly number[],
): number | null {
  const total = counts.at(-1) ?? 0
  if (total === 0 || bounds.length < 2) return null
  const rank = quantile * total
  const bucket = counts.findIndex((count) => count >= rank)
  const upper = bounds[bucket] ?? null
  if (upper === null) return bounds.at(-2) ?? null // the value above the last bound is unknown
  const below = bucket === 0 ? 0 : (counts[bucket - 1] ?? 0)
  const lower = bucket === 0 ? 0 : (bounds[bucket - 1] ?? 0)
  const inBucket = (counts[bucket] ?? 0) - below
  return inBucket === 0 ? upper : lower + (upper - lower) * ((rank - below) / inBucket)
}
