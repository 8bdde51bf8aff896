import { randomUUID } from 'node:crypto'
import type { MetricReader } from './metric-reader.ts'
import { seriesKey } from './series-key.ts'
import type { ChangedSeries, Mark } from './wire.ts'

/** Metrics that requests change. Gauges from the database are excluded: reading them would change others. */
const METRICS = [
  'http_server_request_count_total',
  'http_server_request_duration_seconds',
  'grpc_server_request_total',
  'grpc_server_request_duration_seconds',
  'db_client_operation_duration_seconds',
  'cache_requests_total',
  'cache_operation_duration_seconds',
  'booking_status_total',
]

const KEPT = 16

/** A point in time, with the log position and the metrics at that time. */
export interface StoredMark extends Mark {
  /** Position in the log. */
  readonly line: number
  /** Values by the key of their series; undefined in a phase without metrics. */
  readonly values: ReadonlyMap<string, number> | undefined
}

type SeriesName = Pick<ChangedSeries, 'name' | 'type' | 'labels'>

/** The latest marks. */
export class Marks {
  readonly #metrics: MetricReader | undefined
  readonly #marks = new Map<string, StoredMark>()
  /** The series of all marks, stored once. They are few: see `MetricHistory`. */
  readonly #series = new Map<string, SeriesName & { readonly key: string }>()

  constructor(reader: MetricReader | undefined) {
    this.#metrics = reader
  }

  get(markId: string): StoredMark | undefined {
    return this.#marks.get(markId)
  }

  /** @param line the position in the log */
  async add(line: number): Promise<StoredMark> {
    const mark = { mark_id: randomUUID(), time: Date.now(), line, values: await this.#values() }
    this.#marks.set(mark.mark_id, mark)
    for (const oldest of this.#marks.keys()) {
      if (this.#marks.size <= KEPT) break
      this.#marks.delete(oldest)
    }
    return mark
  }

  /** The series whose values differ between `before` and `after`. */
  changedSeries(before: StoredMark, after: StoredMark): Omit<ChangedSeries, 'own'>[] {
    return [...(after.values ?? [])].flatMap(([key, value]) => {
      const was = before.values?.get(key) ?? 0
      const series = this.#series.get(key)
      if (series === undefined || was === value) return []
      return [{ name: series.name, type: series.type, labels: series.labels, before: was, after: value }]
    })
  }

  async #values(): Promise<Map<string, number> | undefined> {
    const metrics = await this.#metrics?.some(METRICS)
    if (metrics === undefined) return undefined
    const values = new Map<string, number>()
    for (const { type, series } of metrics) {
      for (const { name, labels, value } of series) values.set(this.#known({ name, type, labels }), value)
    }
    return values
  }

  #known(series: SeriesName): string {
    const key = seriesKey(series.name, series.labels)
    const known = this.#series.get(key)
    if (known !== undefined) return known.key
    this.#series.set(key, { ...series, key })
    return key
  }
}
