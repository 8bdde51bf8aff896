/** Excludes scrapes and health checks, which always succeed and arrive at fixed intervals. */
export const OF_USERS = 'route!~"/metrics|/metrics/otel|/livez|/readyz"'

/** The gRPC statuses that blame the server, not the caller. */
export const SERVER_FAULTS = 'status_code=~"UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS"'

/** The share of `part` in `whole`, by `labels`: 0 instead of no data where `part` has no series. */
export function ratio(labels: string, part: string, whole: string): string {
  const all = `sum by (${labels}) (rate(${whole}[$__rate_interval]))`
  return `(sum by (${labels}) (rate(${part}[$__rate_interval])) or 0 * ${all}) / ${all}`
}

/** The 95th percentile of a histogram, by `labels`. */
export function p95(labels: string, buckets: string): string {
  return quantile(0.95, labels, buckets)
}

/** Any percentile: 0.5 is the median. */
export function quantile(share: number, labels: string, buckets: string): string {
  return `histogram_quantile(${share}, sum by (${labels}, le) (rate(${buckets}[$__rate_interval])))`
}
