import { compareLabels, type Labels } from './labels.ts'
import type { Matcher } from './matcher.ts'
import { ScrapedSeries, ScrapeTimes } from './scraped-series.ts'
import type { Exemplar, Metadata, SampledSeries, SeriesSource } from './series.ts'

/** A series that samples can be added to. */
export interface KeptSeries extends SampledSeries {
  readonly exemplars: Exemplar[]
  readonly isEmpty: boolean
  append(time: number, value: number): void
  markEnded(time: number): void
  removeBefore(time: number): void
}

/** Series in memory. Times and values of each are two columns of numbers. */
export class SeriesStore implements SeriesSource {
  readonly #series = new Map<string, KeptSeries>()
  readonly #byName = new Map<string, KeptSeries[]>()
  readonly #metadata = new Map<string, Metadata>()
  readonly #scrapes = new ScrapeTimes()
  #unsorted = new Set<string>()

  get size(): number {
    return this.#series.size
  }

  /** When the first and the last sample were taken, in milliseconds since 1970; undefined when there is none. */
  get period(): { readonly first: number | undefined; readonly last: number | undefined } {
    let [first, last]: (number | undefined)[] = []
    for (const { times } of this.#series.values()) {
      if (times.length === 0) continue
      first = Math.min(first ?? Number.POSITIVE_INFINITY, times[0] as number)
      last = Math.max(last ?? Number.NEGATIVE_INFINITY, times.at(-1) as number)
    }
    return { first, last }
  }

  /**
   * @param time milliseconds since 1970
   * @throws when the series has a sample of that time or a later one.
   */
  append(labels: Labels, time: number, value: number): void {
    this.#open(labels).append(time, value)
  }

  /**
   * Begins a scrape. It has all samples that are appended to series of {@link openScraped} until the next one.
   *
   * @param time milliseconds since 1970
   * @throws when it is not later than the last
   */
  beginScrape(time: number): void {
    this.#scrapes.add(time)
  }

  /** The series with these labels, for the scrape that has begun; a new one that shares its times with others. */
  openScraped(labels: Labels): KeptSeries {
    return this.#open(labels, () => new ScrapedSeries(labels, this.#scrapes))
  }

  /** Records that the series has ended: it has no value from then on, until the next sample. */
  markEnded(labels: Labels, time: number): void {
    this.#series.get(labels.key)?.markEnded(time)
  }

  /** What the series has last, if there is such a series: a sample, or its end, whose value is undefined. */
  latest(labels: Labels): { readonly time: number; readonly value: number | undefined } | undefined {
    const series = this.#series.get(labels.key)
    return series === undefined ? undefined : latestOf(series)
  }

  appendExemplar(labels: Labels, exemplar: Exemplar): void {
    this.#open(labels).exemplars.push(exemplar)
  }

  describe(family: string, metadata: Metadata): void {
    this.#metadata.set(family, metadata)
  }

  get metadata(): ReadonlyMap<string, Metadata> {
    return this.#metadata
  }

  /** Forgets samples older than that, and series that have no other. */
  removeBefore(time: number): void {
    this.#scrapes.removeBefore(time)
    for (const series of this.#series.values()) {
      series.removeBefore(time)
      if (series.isEmpty) this.#remove(series)
    }
  }

  select(matchers: readonly Matcher[]): KeptSeries[] {
    const byName = matchers.find(({ name, operator }) => name === '__name__' && operator === '=')
    const names = byName === undefined ? [...this.#byName.keys()] : [byName.value]
    const found = names.flatMap((name) => this.#sorted(name).filter(({ labels }) => satisfies(labels, matchers)))
    return byName === undefined ? found.sort((a, b) => compareLabels(a.labels, b.labels)) : found
  }

  #open(labels: Labels, create: () => KeptSeries = () => new StoredSeries(labels)): KeptSeries {
    const known = this.#series.get(labels.key)
    if (known !== undefined) return known
    const series = create()
    const name = labels.get('__name__')
    const siblings = this.#byName.get(name)
    if (siblings === undefined) this.#byName.set(name, [series])
    else siblings.push(series)
    this.#series.set(labels.key, series)
    this.#unsorted.add(name)
    return series
  }

  #sorted(name: string): readonly KeptSeries[] {
    const series = this.#byName.get(name) ?? []
    if (this.#unsorted.delete(name)) series.sort((a, b) => compareLabels(a.labels, b.labels))
    return series
  }

  #remove(series: KeptSeries): void {
    const name = series.labels.get('__name__')
    const others = (this.#byName.get(name) ?? []).filter((other) => other !== series)
    if (others.length === 0) this.#byName.delete(name)
    else this.#byName.set(name, others)
    this.#series.delete(series.labels.key)
  }
}

/** A series of a {@link SeriesStore}. Its columns are views: what is appended later is not in them. */
export class StoredSeries implements KeptSeries {
  readonly exemplars: Exemplar[] = []
  #times = new Float64Array(16)
  #values = new Float64Array(16)
  #start = 0
  #end = 0
  #endedAt: number[] | undefined

  constructor(readonly labels: Labels) {}

  get times(): Float64Array {
    return this.#times.subarray(this.#start, this.#end)
  }

  get values(): Float64Array {
    return this.#values.subarray(this.#start, this.#end)
  }

  get endedAt(): readonly number[] | undefined {
    return this.#endedAt
  }

  get isEmpty(): boolean {
    return this.#start === this.#end
  }

  append(time: number, value: number): void {
    const last = this.#end > this.#start ? (this.#times[this.#end - 1] as number) : Number.NEGATIVE_INFINITY
    if (time <= last) throw new Error(`the sample of ${this.labels} at ${time} is not later than the one at ${last}`)
    if (this.#end === this.#times.length) this.#makeRoom()
    this.#times[this.#end] = time
    this.#values[this.#end] = value
    this.#end++
  }

  markEnded(time: number): void {
    this.#endedAt ??= []
    this.#endedAt.push(time)
  }

  removeBefore(time: number): void {
    while (this.#start < this.#end && (this.#times[this.#start] as number) < time) this.#start++
    if (this.#endedAt !== undefined) this.#endedAt = this.#endedAt.filter((ended) => ended >= time)
    const kept = this.exemplars.findIndex((exemplar) => exemplar.time >= time)
    this.exemplars.splice(0, kept === -1 ? this.exemplars.length : kept)
  }

  /** Columns that earlier views show are left as they are. */
  #makeRoom(): void {
    const used = this.#end - this.#start
    const times = new Float64Array(Math.max(16, used * 2))
    const values = new Float64Array(times.length)
    times.set(this.times)
    values.set(this.values)
    this.#times = times
    this.#values = values
    this.#start = 0
    this.#end = used
  }
}

function satisfies(labels: Labels, matchers: readonly Matcher[]): boolean {
  return matchers.every((matcher) => matcher.matches(labels.get(matcher.name)))
}

function latestOf({ times, values, endedAt = [] }: SampledSeries): ReturnType<SeriesStore['latest']> {
  const time = times.at(-1)
  const ended = endedAt.at(-1)
  if (ended !== undefined && (time === undefined || ended > time)) return { time: ended, value: undefined }
  return time === undefined ? undefined : { time, value: values.at(-1) }
}
