import type { Labels } from './labels.ts'
import type { Exemplar, SampledSeries } from './series.ts'

/** The times of scrapes, which all series of a target share. Scrapes are numbered from 0 on. */
export class ScrapeTimes {
  #column = new Float64Array(64)
  /** The number of the scrape that stands first in the column. */
  #base = 0
  #first = 0
  #end = 0

  /** The number of the oldest scrape that is kept. */
  get first(): number {
    return this.#first
  }

  /** The number of the last scrape; -1 before the first. */
  get last(): number {
    return this.#end - 1
  }

  get lastTime(): number {
    return this.#end === this.#first ? Number.NEGATIVE_INFINITY : this.at(this.#end - 1)
  }

  /** @param time milliseconds since 1970, later than the last */
  add(time: number): void {
    if (time <= this.lastTime) throw new Error(`the scrape at ${time} is not later than the one at ${this.lastTime}`)
    if (this.#end - this.#base === this.#column.length) this.#makeRoom()
    this.#column[this.#end - this.#base] = time
    this.#end++
  }

  at(scrape: number): number {
    return this.#column[scrape - this.#base] as number
  }

  /** The times of the scrapes from one to before another, as a view. */
  between(from: number, to: number): Float64Array {
    return this.#column.subarray(from - this.#base, to - this.#base)
  }

  removeBefore(time: number): void {
    while (this.#first < this.#end && this.at(this.#first) < time) this.#first++
  }

  /** Views of the old column stay as they are. */
  #makeRoom(): void {
    const kept = this.between(this.#first, this.#end)
    const column = new Float64Array(Math.max(64, kept.length * 2))
    column.set(kept)
    this.#column = column
    this.#base = this.#first
  }
}

/** How many values are compressed together. */
const CHUNK = 128

/** One value if all are equal, half as wide if nothing is lost by that. */
type Chunk = number | Float32Array | Float64Array

/**
 * A series that is scraped with others. It needs little memory: its times are shared, and its values compressed, since
 * most series change seldom and most values are small whole numbers. Columns are built when they are asked for.
 */
export class ScrapedSeries implements SampledSeries {
  readonly exemplars: Exemplar[] = []
  readonly #scrapes: ScrapeTimes
  #chunks: Chunk[] = []
  /** The values after those of the chunks. */
  #open: number[] = []
  /** The number of the scrape of the first value. */
  #first: number
  /** The scrapes since then that did not have the series. */
  #missing: Set<number> | undefined
  #endedAt: number[] | undefined
  #columns: { readonly times: Float64Array; readonly values: Float64Array } | undefined

  constructor(
    readonly labels: Labels,
    scrapes: ScrapeTimes,
  ) {
    this.#scrapes = scrapes
    this.#first = scrapes.last
  }

  get times(): Float64Array {
    this.#columns ??= this.#buildColumns()
    return this.#columns.times
  }

  get values(): Float64Array {
    this.#columns ??= this.#buildColumns()
    return this.#columns.values
  }

  get endedAt(): readonly number[] | undefined {
    return this.#endedAt
  }

  get isEmpty(): boolean {
    return this.#end <= Math.max(this.#first, this.#scrapes.first)
  }

  /**
   * @param time that of the last scrape
   * @throws when it is another, or when that scrape has a value already
   */
  append(time: number, value: number): void {
    const { last, lastTime } = this.#scrapes
    if (time !== lastTime || this.#end > last) throw new Error(`${this.labels} has only values of scrapes, one of each`)
    while (this.#end < last) {
      this.#missing ??= new Set()
      this.#missing.add(this.#end)
      this.#push(Number.NaN)
    }
    this.#push(value)
    this.#columns = undefined
  }

  markEnded(time: number): void {
    this.#endedAt ??= []
    this.#endedAt.push(time)
  }

  /** Removes what is older than the scrapes that are kept. */
  removeBefore(time: number): void {
    const { first } = this.#scrapes
    this.#columns = undefined
    while (this.#chunks.length > 0 && this.#first + CHUNK <= first) {
      this.#chunks.shift()
      this.#first += CHUNK
    }
    for (const missing of this.#missing ?? []) if (missing < this.#first) this.#missing?.delete(missing)
    if (this.#endedAt !== undefined) this.#endedAt = this.#endedAt.filter((ended) => ended >= time)
    const kept = this.exemplars.findIndex((exemplar) => exemplar.time >= time)
    this.exemplars.splice(0, kept === -1 ? this.exemplars.length : kept)
  }

  /** The number of the scrape after the last value. */
  get #end(): number {
    return this.#first + this.#chunks.length * CHUNK + this.#open.length
  }

  #push(value: number): void {
    this.#open.push(value)
    if (this.#open.length < CHUNK) return
    this.#chunks.push(compressed(this.#open))
    this.#open = []
  }

  #buildColumns(): { readonly times: Float64Array; readonly values: Float64Array } {
    const start = Math.max(this.#first, this.#scrapes.first)
    const end = this.#end
    if (end <= start) return { times: new Float64Array(0), values: new Float64Array(0) }
    const all = new Float64Array(end - this.#first)
    let at = 0
    for (const chunk of this.#chunks) {
      if (typeof chunk === 'number') all.fill(chunk, at, at + CHUNK)
      else all.set(chunk, at)
      at += CHUNK
    }
    all.set(this.#open, at)
    const times = this.#scrapes.between(start, end)
    const values = all.subarray(start - this.#first)
    if (this.#missing === undefined || this.#missing.size === 0) return { times, values }
    const isThere = (_: number, i: number) => this.#missing?.has(start + i) !== true
    return { times: times.filter(isThere), values: values.filter(isThere) }
  }
}

function compressed(values: readonly number[]): Chunk {
  const [first = 0] = values
  if (values.every((value) => Object.is(value, first))) return first
  if (values.every((value) => Object.is(Math.fround(value), value))) return Float32Array.from(values)
  return Float64Array.from(values)
}
