import { formatGeneral } from '../query/promql/format-number.ts'
import { Labels } from '../query/series/labels.ts'
import type { Matcher } from '../query/series/matcher.ts'
import type { Metadata } from '../query/series/series.ts'
import { type KeptSeries, SeriesStore } from '../query/series/store.ts'
import type { ServedSource } from '../query/server/prometheus-api.ts'
import { type Family, type FamilyValue, type Reading, textOf } from './metric-reader.ts'

/** More series are left out: a label with endless values must not fill the memory. */
export const MOST_SERIES = 3000

const MOST_EXEMPLARS = 2000

/** The labels that a scrape adds to each series. */
export interface Target {
  readonly job: string
  /** Host and port. */
  readonly instance: string
}

/** A series that the last scrape had. */
interface LiveSeries {
  readonly series: KeptSeries
  /** The number of the last scrape that had it. */
  scrape: number
  hasEnded: boolean
  /** The time of its last exemplar, in milliseconds since 1970. */
  exemplarAt: number
}

/** A live series, or at which number of free places there was none for it. */
type Known = LiveSeries | number

/**
 * Keeps the metrics of this app as a Prometheus would that scrapes `/metrics` each second: with the names of OpenMetrics,
 * the labels `job` and `instance`, `up`, and a mark where a series has ended.
 *
 * https://prometheus.io/docs/concepts/jobs_instances/
 */
export class SelfScrape implements ServedSource {
  readonly store = new SeriesStore()
  readonly #keptMs: number
  readonly #warn: (message: string) => void
  readonly #live = new Map<string, LiveSeries>()
  /**
   * By family, and by the object with the labels, which prom-client keeps for most series: so most need not be looked up
   * by their labels. A histogram has several for the same labels.
   */
  readonly #known = new Map<string, WeakMap<object, Known[]>>()
  /** `up` and what else a scrape adds, by name. */
  readonly #own = new Map<string, KeptSeries>()
  /** The series that have exemplars, once for each, in the order of arrival. */
  readonly #withExemplars: KeptSeries[] = []
  #scrape = 0
  #time = Number.NEGATIVE_INFINITY
  /** Grows when a place becomes free. */
  #places = 0
  #samples = 0
  #added = 0
  #leftOut: { readonly count: number; readonly name: string } | undefined
  #hasWarned = false

  /**
   * @param keptMs how long samples are kept
   * @param warn is called once, when there are too many series
   */
  constructor(keptMs: number, warn: (message: string) => void) {
    this.#keptMs = keptMs
    this.#warn = warn
  }

  /** What a reader of the series must know: which are missing. */
  get warnings(): readonly string[] {
    if (this.#leftOut === undefined) return []
    const { count, name } = this.#leftOut
    return [`the Lab keeps ${MOST_SERIES} series; ${count} more of /metrics are missing, some of them of ${name}`]
  }

  select(matchers: readonly Matcher[]): readonly KeptSeries[] {
    return this.store.select(matchers)
  }

  get metadata(): ReadonlyMap<string, Metadata> {
    return this.store.metadata
  }

  add(target: Target, { time, duration, families }: Reading): void {
    if (!this.#begin(time)) return
    for (const family of families.values()) this.#addFamily(target, family)
    this.#end(target, 1, duration)
  }

  /** The metrics could not be read. */
  addFailure(target: Target, time: number, duration: number): void {
    if (this.#begin(time)) this.#end(target, 0, duration)
  }

  /** @returns false if the clock was set back: Prometheus does not store such samples either */
  #begin(time: number): boolean {
    if (time <= this.#time) return false
    this.#time = time
    this.#scrape++
    this.#samples = 0
    this.#added = 0
    this.#leftOut = undefined
    this.store.beginScrape(time)
    return true
  }

  #end(target: Target, up: number, duration: number): void {
    this.#endMissing()
    const own = {
      up,
      scrape_duration_seconds: duration,
      scrape_samples_scraped: this.#samples,
      scrape_samples_post_metric_relabeling: this.#samples,
      scrape_series_added: this.#added,
    }
    for (const [name, value] of Object.entries(own)) {
      const series = this.#own.get(name) ?? this.store.openScraped(Labels.of({ __name__: name, ...target }))
      this.#own.set(name, series)
      series.append(this.#time, value)
    }
    this.store.removeBefore(this.#time - this.#keptMs)
    if (this.#leftOut === undefined || this.#hasWarned) return
    this.#hasWarned = true
    for (const warning of this.warnings) this.#warn(warning)
  }

  #addFamily(target: Target, family: Family): void {
    const base = baseNameOf(family)
    if (!this.store.metadata.has(base)) this.store.describe(base, { type: family.type, help: family.help, unit: '' })
    const known = this.#known.get(family.name) ?? new WeakMap<object, Known[]>()
    this.#known.set(family.name, known)
    let group: object | undefined
    let members: Known[] = []
    let next = 0
    for (const value of family.values) {
      const identity = value.sharedLabels ?? (isEmpty(value.labels) ? NO_LABELS : value.labels)
      if (identity !== group) {
        group = identity
        members = known.get(identity) ?? []
        if (members.length === 0) known.set(identity, members)
        next = 0
      }
      this.#samples++
      const member = this.#find(members[next], target, family, value)
      members[next++] = member
      if (typeof member === 'number') this.#leaveOut(family)
      else this.#append(member, value)
    }
  }

  /** The series of a value; a number if there is no place for it. */
  #find(known: Known | undefined, target: Target, family: Family, value: FamilyValue): Known {
    if (typeof known === 'object' && !known.hasEnded) return known
    if (known === this.#places) return known
    const labels = labelsOf(target, family, value)
    const live = this.#live.get(labels.key)
    if (live !== undefined) return live
    if (this.#live.size >= MOST_SERIES) return this.#places
    const created = { series: this.store.openScraped(labels), scrape: 0, hasEnded: false, exemplarAt: 0 }
    this.#live.set(labels.key, created)
    this.#added++
    return created
  }

  #append(live: LiveSeries, { value, exemplar }: FamilyValue): void {
    if (live.scrape === this.#scrape) return // Prometheus takes the first of two samples of a series
    live.scrape = this.#scrape
    live.series.append(this.#time, value)
    if (!exemplar) return
    const time = Math.trunc(exemplar.timestamp * 1000)
    if (time <= live.exemplarAt) return
    live.exemplarAt = time
    live.series.exemplars.push({ labels: Labels.of(textOf(exemplar.labelSet)), value: exemplar.value, time })
    this.#withExemplars.push(live.series)
    if (this.#withExemplars.length > MOST_EXEMPLARS) this.#withExemplars.shift()?.exemplars.shift()
  }

  #leaveOut({ name }: Family): void {
    this.#leftOut = { count: (this.#leftOut?.count ?? 0) + 1, name: this.#leftOut?.name ?? name }
  }

  /** Marks the series that this scrape does not have. */
  #endMissing(): void {
    for (const [key, live] of this.#live) {
      if (live.scrape === this.#scrape) continue
      live.hasEnded = true
      live.series.markEnded(this.#time)
      this.#live.delete(key)
      this.#places++
    }
  }
}

/** Stands for the objects without labels, which prom-client makes anew for each reading of some gauges. */
const NO_LABELS = {}

function isEmpty(labels: object): boolean {
  for (const _ in labels) return false
  return true
}

/** OpenMetrics writes the name of a counter without its suffix where it describes it. */
function baseNameOf({ name, type }: Family): string {
  return type === 'counter' ? name.replace(/_total$/, '') : name
}

function labelsOf(target: Target, family: Family, { metricName, labels, sharedLabels }: FamilyValue): Labels {
  const name = family.type === 'counter' ? `${baseNameOf(family)}_total` : (metricName ?? family.name)
  const own = Object.entries(textOf({ ...labels, ...sharedLabels })).map(
    ([label, text]) =>
      [label in target ? `exported_${label}` : label, isBound(label, family) ? asFloat(text) : text] as const,
  )
  return Labels.from([...own, ['__name__', name], ['job', target.job], ['instance', target.instance]])
}

function isBound(label: string, { type }: Family): boolean {
  return (label === 'le' && type === 'histogram') || (label === 'quantile' && type === 'summary')
}

/**
 * As Prometheus 3 stores the bounds of buckets, however they are written: `1.0` for `1`.
 *
 * https://prometheus.io/docs/prometheus/latest/migration/#le-and-quantile-label-values
 */
function asFloat(text: string): string {
  const value = Number(text)
  if (Number.isNaN(value)) return text // +Inf
  const written = formatGeneral(value)
  return /[.e]/.test(written) ? written : `${written}.0`
}
