import type { ChangedSeries } from './wire.ts'

type Labels = Readonly<Record<string, string>>

/** Identifies a series, independent of the order of its labels. */
export function seriesKey(name: string, labels: Labels): string {
  return name + JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The key of a series' metric, which a histogram's buckets, sum and count share. */
export function metricKey({ name, type, labels }: Pick<ChangedSeries, 'name' | 'type' | 'labels'>): string {
  if (type !== 'histogram') return seriesKey(name, labels)
  const { le: _, ...others } = labels
  return seriesKey(name.replace(/_(bucket|sum|count)$/, ''), others)
}
