/** Requests of users: scrapes and health checks always succeed and come by the clock. */
export const OF_USERS = 'route!~"/metrics|/metrics/otel|/livez|/readyz"'

/** The gRPC statuses that put the server at fault, and not the caller. */
export const SERVER_FAULTS = 'status_code=~"UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS"'

/** The share of `whole` that `part` is, by `labels`: 0, and not nothing, where there is no such part. */
export function ratio(labels: string, part: string, whole: string): string {
  const all = `sum by (${labels}) (rate(${whole}[$__rate_interval]))`
  return `(sum by (${labels}) (rate(${part}[$__rate_interval])) or 0 * ${all}) / ${all}`
}

/** The 95th percentile, by `labels`, of what a histogram's `buckets` have counted. */
export function p95(labels: string, buckets: string): string {
  return quantile(0.95, labels, buckets)
}

/** Any percentile: 0.5 is the median. */
export function quantile(share: number, labels: string, buckets: string): string {
  return `histogram_quantile(${share}, sum by (${labels}, le) (rate(${buckets}[$__rate_interval])))`
}
