import type { MovedSeries } from './wire.ts'

type Labels = Readonly<Record<string, string>>

/** What makes a series the same as another one, whatever the order of its labels. */
export function seriesKey(name: string, labels: Labels): string {
  return name + JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The key of the metric that a series belongs to: a histogram's buckets, sum and count have one in common. */
export function metricKey({ name, type, labels }: Pick<MovedSeries, 'name' | 'type' | 'labels'>): string {
  if (type !== 'histogram') return seriesKey(name, labels)
  const { le: _, ...others } = labels
  return seriesKey(name.replace(/_(bucket|sum|count)$/, ''), others)
}
