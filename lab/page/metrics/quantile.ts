/**
 * A percentile from a histogram, as Prometheus' `histogram_quantile` computes it: within the bucket in which it
 * lies, observations are taken to be spread evenly.
 *
 * @param quantile 0.95 for the 95th percentile
 * @param bounds upper bounds of the buckets, ascending; the last is null and stands for +Inf
 * @param counts observations up to each bound; a bucket counts those of the smaller ones too
 * @returns in the unit of the bounds; null when nothing was observed
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
  if (upper === null) return bounds.at(-2) ?? null // above the last bound nothing is known
  const below = bucket === 0 ? 0 : (counts[bucket - 1] ?? 0)
  const lower = bucket === 0 ? 0 : (bounds[bucket - 1] ?? 0)
  const inBucket = (counts[bucket] ?? 0) - below
  return inBucket === 0 ? upper : lower + (upper - lower) * ((rank - below) / inBucket)
}
