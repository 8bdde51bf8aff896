import { quantileOfSorted } from './arithmetic.ts'

/** The values of a window that moves on through a series, kept in order so that they need not be sorted at each step. */
export class SortedWindow {
  readonly #source: Float64Array
  #sorted = new Float64Array(64)
  #count = 0
  /** NaN has no place in the order. */
  #nans = 0
  #first = 0
  #end = 0

  constructor(source: Float64Array) {
    this.#source = source
  }

  /** To the values from index `first` up to, not including, `end`; neither may go back. */
  moveTo(first: number, end: number): void {
    for (let i = this.#first; i < Math.min(first, this.#end); i++) this.#remove(this.#source[i] as number)
    for (let i = Math.max(first, this.#end); i < end; i++) this.#insert(this.#source[i] as number)
    this.#first = first
    this.#end = end
  }

  quantile(q: number): number {
    return quantileOfSorted(q, this.#nans, this.#sorted.subarray(0, this.#count))
  }

  #insert(value: number): void {
    if (Number.isNaN(value)) {
      this.#nans++
      return
    }
    if (this.#count === this.#sorted.length) {
      const larger = new Float64Array(this.#count * 2)
      larger.set(this.#sorted)
      this.#sorted = larger
    }
    const at = this.#indexOf(value)
    this.#sorted.copyWithin(at + 1, at, this.#count)
    this.#sorted[at] = value
    this.#count++
  }

  #remove(value: number): void {
    if (Number.isNaN(value)) {
      this.#nans--
      return
    }
    const at = this.#indexOf(value)
    this.#sorted.copyWithin(at, at + 1, this.#count)
    this.#count--
  }

  /** The first index whose value is not less. */
  #indexOf(value: number): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] as number) < value) low = middle + 1
      else high = middle
    }
    return low
  }
}
