import { quote } from '../quote.ts'
import type { TextRange } from './expression.ts'
import { formatGeneral } from './format-number.ts'
import { positionIn } from './position.ts'

interface Monotonicity {
  from: number
  firstTime: number
  lastTime: number
  lowest: number
  highest: number
  largest: number
  count: number
}

/** Where `histogram_quantile` had to change the counts of buckets, which must not fall. */
export interface FallingBuckets {
  /** Upper bounds of the first and the last bucket that was changed. */
  readonly lowest: number
  readonly highest: number
  /** By how much a count fell at most. */
  readonly largest: number
}

/** How many remarks of a kind are listed. */
const MOST = 10

/**
 * What Prometheus remarks on a query beside its result. A remark that would be made twice is made once, with the
 * position of the last of them.
 */
export class Annotations {
  readonly #warnings = new Map<string, number>()
  readonly #infos = new Map<string, number>()
  #monotonicity: Monotonicity | undefined

  /** @param text the query */
  constructor(readonly text: string) {}

  get warnings(): string[] {
    return this.#listed(this.#warnings, 'warning')
  }

  get infos(): string[] {
    const infos = new Map(this.#infos)
    if (this.#monotonicity !== undefined) infos.set(description(this.#monotonicity), this.#monotonicity.from)
    return this.#listed(infos, 'info')
  }

  invalidQuantile(q: number, range: TextRange): void {
    this.#warn(`quantile value should be between 0 and 1, got ${formatGeneral(q)}`, range)
  }

  badBucketLabel(value: string, range: TextRange): void {
    this.#warn(`bucket label "le" is missing or has a malformed value of ${quote(value)}`, range)
  }

  possiblyNoCounter(name: string, range: TextRange): void {
    this.#inform(
      `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${quote(name)}`,
      range,
    )
  }

  sortInRangeQuery(range: TextRange): void {
    this.#warn('sort is ineffective for range queries since results are always ordered by labels', range)
  }

  /** @param time milliseconds */
  forcedMonotonicity({ lowest, highest, largest }: FallingBuckets, time: number, { from }: TextRange): void {
    const known = this.#monotonicity
    if (known === undefined) {
      this.#monotonicity = { from, firstTime: time, lastTime: time, lowest, highest, largest, count: 1 }
      return
    }
    known.from = from
    known.firstTime = Math.min(known.firstTime, time)
    known.lastTime = Math.max(known.lastTime, time)
    known.lowest = Math.min(known.lowest, lowest)
    known.highest = Math.max(known.highest, highest)
    known.largest = Math.max(known.largest, largest)
    known.count++
  }

  #warn(message: string, { from }: TextRange): void {
    this.#warnings.set(message, from)
  }

  #inform(message: string, { from }: TextRange): void {
    this.#infos.set(message, from)
  }

  #listed(remarks: ReadonlyMap<string, number>, kind: 'warning' | 'info'): string[] {
    const all = [...remarks].map(([message, from]) => `PromQL ${kind}: ${message} (${positionIn(this.text, from)})`)
    if (all.length <= MOST) return all
    return [...all.slice(0, MOST), `${all.length - MOST} more ${kind} annotations omitted`]
  }
}

function description({ firstTime, lastTime, lowest, highest, largest, count }: Monotonicity): string {
  return (
    'input to histogram_quantile needed to be fixed for monotonicity ' +
    '(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)' +
    `, from buckets ${formatGeneral(lowest)} to ${formatGeneral(highest)}` +
    `, with a max diff of ${formatGeneral(largest, 2)}` +
    `, over ${count} samples from ${isoSeconds(firstTime)} to ${isoSeconds(lastTime)}`
  )
}

function isoSeconds(ms: number): string {
  return new Date(Math.trunc(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}
