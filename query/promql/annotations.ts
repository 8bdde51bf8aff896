import { quote } from '../quote.ts'
import type { TextRange } from './expression.ts'
import { formatShort } from './format-number.ts'
import { positionIn } from './position.ts'

interface Monotonicity {
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

/** What Prometheus remarks on a query beside its result: each remark once, with its position. */
export class Annotations {
  readonly #warnings = new Set<string>()
  readonly #infos = new Set<string>()
  readonly #monotonicity = new Map<number, Monotonicity>()

  /** @param text the query */
  constructor(readonly text: string) {}

  get warnings(): string[] {
    return [...this.#warnings]
  }

  get infos(): string[] {
    return [...this.#infos, ...[...this.#monotonicity].map(([from, found]) => this.#describe(from, found))]
  }

  warn(message: string, { from }: TextRange): void {
    this.#warnings.add(`PromQL warning: ${message} (${positionIn(this.text, from)})`)
  }

  inform(message: string, { from }: TextRange): void {
    this.#infos.add(`PromQL info: ${message} (${positionIn(this.text, from)})`)
  }

  invalidQuantile(q: number, range: TextRange): void {
    this.warn(`quantile value should be between 0 and 1, got ${formatShort(q)}`, range)
  }

  badBucketLabel(value: string, range: TextRange): void {
    this.warn(`bucket label "le" is missing or has a malformed value of ${quote(value)}`, range)
  }

  possiblyNoCounter(name: string, range: TextRange): void {
    this.inform(`metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${quote(name)}`, range)
  }

  sortInRangeQuery(range: TextRange): void {
    this.warn('sort is ineffective for range queries since results are always ordered by labels', range)
  }

  /** @param time milliseconds */
  forcedMonotonicity({ lowest, highest, largest }: FallingBuckets, time: number, { from }: TextRange): void {
    const known = this.#monotonicity.get(from)
    if (known === undefined) {
      this.#monotonicity.set(from, { firstTime: time, lastTime: time, lowest, highest, largest, count: 1 })
      return
    }
    known.firstTime = Math.min(known.firstTime, time)
    known.lastTime = Math.max(known.lastTime, time)
    known.lowest = Math.min(known.lowest, lowest)
    known.highest = Math.max(known.highest, highest)
    known.largest = Math.max(known.largest, largest)
    known.count++
  }

  #describe(from: number, { firstTime, lastTime, lowest, highest, largest, count }: Monotonicity): string {
    return (
      'PromQL info: input to histogram_quantile needed to be fixed for monotonicity ' +
      '(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)' +
      `, from buckets ${formatShort(lowest)} to ${formatShort(highest)}` +
      `, with a max diff of ${formatShort(Number(largest.toPrecision(2)))}` +
      `, over ${count} samples from ${isoSeconds(firstTime)} to ${isoSeconds(lastTime)} (${positionIn(this.text, from)})`
    )
  }
}

function isoSeconds(ms: number): string {
  return new Date(Math.trunc(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}
