import type { Marks, StoredMark } from './marks.ts'
import type { OwnSeries } from './own-series.ts'
import { metricKey } from './series-key.ts'
import type { MovedMetrics, MovedSeries } from './wire.ts'

/**
 * The series that a request moved. Two readings of the registry tell by how much, but of all requests in between;
 * the request's own lines and spans tell which it was, but not by how much. Together they are as exact as can be.
 */
export function movedMetrics(
  own: OwnSeries,
  marks: Marks,
  before: StoredMark | undefined,
  after: StoredMark | undefined,
): MovedMetrics {
  if (before?.values === undefined || after?.values === undefined) {
    const series = [...own.series.values()].map((one) => ({ ...one, before: null, after: null, own: true }))
    return { readings: null, others: null, series }
  }
  const moved = smallestBuckets(marks.moved(before, after))
  const series = moved.map((one) => ({ ...one, own: own.series.has(metricKey(one)) }))
  return {
    readings: { before: before.time, after: after.time },
    others: Math.max(0, answeredIn(moved) - own.requests),
    series: series.sort((a, b) => Number(b.own) - Number(a.own)),
  }
}

type Moved = Omit<MovedSeries, 'own'>

/** A duration is counted in every bucket that is large enough for it. The smallest of them says it all. */
function smallestBuckets(moved: readonly Moved[]): Moved[] {
  const smallest = new Map<string, number>()
  const isBucket = ({ name, type }: Moved) => type === 'histogram' && name.endsWith('_bucket')
  const bound = ({ labels: { le } }: Moved) => (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le))
  for (const series of moved.filter(isBucket)) {
    const key = metricKey(series)
    smallest.set(key, Math.min(bound(series), smallest.get(key) ?? Number.POSITIVE_INFINITY))
  }
  return moved.filter((series) => !isBucket(series) || bound(series) === smallest.get(metricKey(series)))
}

function answeredIn(moved: readonly Moved[]): number {
  return moved
    .filter(({ name }) => name === 'http_server_request_count_total' || name === 'grpc_server_request_total')
    .reduce((sum, { before, after }) => sum + (after as number) - (before as number), 0)
}
