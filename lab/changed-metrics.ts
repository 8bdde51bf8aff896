import type { Marks, StoredMark } from './marks.ts'
import type { OwnSeries } from './own-series.ts'
import { metricKey } from './series-key.ts'
import type { ChangedMetrics, ChangedSeries } from './wire.ts'

/**
 * The series that a request changed. Two readings of the registry give the amounts, but include all requests in
 * between. The request's own lines and spans identify its series, but not the amounts. This combines both.
 */
export function changedMetrics(
  own: OwnSeries,
  marks: Marks,
  before: StoredMark | undefined,
  after: StoredMark | undefined,
): ChangedMetrics {
  if (before?.values === undefined || after?.values === undefined) {
    const series = [...own.series.values()].map((one) => ({ ...one, before: null, after: null, own: true }))
    return { readings: null, others: null, series }
  }
  const changed = smallestBuckets(marks.changedSeries(before, after))
  const series = changed.map((one) => ({ ...one, own: own.series.has(metricKey(one)) }))
  return {
    readings: { before: before.time, after: after.time },
    others: Math.max(0, answeredIn(changed) - own.requests),
    series: series.sort((a, b) => Number(b.own) - Number(a.own)),
  }
}

type Changed = Omit<ChangedSeries, 'own'>

/** A duration counts in every bucket that is large enough. Only the smallest of them is of interest. */
function smallestBuckets(changed: readonly Changed[]): Changed[] {
  const smallest = new Map<string, number>()
  const isBucket = ({ name, type }: Changed) => type === 'histogram' && name.endsWith('_bucket')
  const bound = ({ labels: { le } }: Changed) => (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le))
  for (const series of changed.filter(isBucket)) {
    const key = metricKey(series)
    smallest.set(key, Math.min(bound(series), smallest.get(key) ?? Number.POSITIVE_INFINITY))
  }
  return changed.filter((series) => !isBucket(series) || bound(series) === smallest.get(metricKey(series)))
}

function answeredIn(changed: readonly Changed[]): number {
  return changed
    .filter(({ name }) => name === 'http_server_request_count_total' || name === 'grpc_server_request_total')
    .reduce((sum, { before, after }) => sum + (after as number) - (before as number), 0)
}
