/**
 * The best of many: a binary heap with the worst of the kept elements on top. Which of equal elements are kept follows
 * from the order in which they came, as in Go's container/heap.
 */
export class BoundedHeap<T> {
  readonly #kept: T[] = []

  constructor(
    readonly size: number,
    /** Whether `a` is worse than `b`, so that it goes first. */
    readonly isWorse: (a: T, b: T) => boolean,
    /** Whether `a` may take the place of the worst that is kept. */
    readonly isBetter: (a: T, worst: T) => boolean,
  ) {}

  offer(element: T): void {
    if (this.#kept.length < this.size) {
      this.#kept.push(element)
      this.#up(this.#kept.length - 1)
    } else if (this.isBetter(element, this.#kept[0] as T)) {
      this.#kept[0] = element
      this.#down(0)
    }
  }

  /** All that is kept, the best first. */
  sorted(): T[] {
    return [...this.#kept].sort((a, b) => (this.isWorse(b, a) ? -1 : this.isWorse(a, b) ? 1 : 0))
  }

  #up(index: number): void {
    let at = index
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isWorseAt(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #down(index: number): void {
    let at = index
    for (;;) {
      const left = 2 * at + 1
      if (left >= this.#kept.length) return
      const right = left + 1
      const child = right < this.#kept.length && this.#isWorseAt(right, left) ? right : left
      if (!this.#isWorseAt(child, at)) return
      this.#swap(at, child)
      at = child
    }
  }

  #isWorseAt(a: number, b: number): boolean {
    return this.isWorse(this.#kept[a] as T, this.#kept[b] as T)
  }

  #swap(a: number, b: number): void {
    const kept = this.#kept
    ;[kept[a], kept[b]] = [kept[b] as T, kept[a] as T]
  }
}
