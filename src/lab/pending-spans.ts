import type { Span } from './wire.ts'

/** A power of two. Spans come by the thousand, and one that is remembered costs the garbage collector some work. */
const CAPACITY = 4096

/** Of attributes, about. Beside them a span takes about a kilobyte. */
const MAX_CHARACTERS = 4 * 1024 * 1024

type Describe = (span: object) => Span

/** The last spans that have ended and that nobody has looked at, as they came. */
export class PendingSpans {
  readonly #spans: (object | undefined)[] = new Array(CAPACITY).fill(undefined)
  readonly #describe: (Describe | undefined)[] = new Array(CAPACITY).fill(undefined)
  readonly #sizes = new Float64Array(CAPACITY)
  #from = 0
  #to = 0
  #characters = 0

  get length(): number {
    return this.#to - this.#from
  }

  add(span: object, size: number, describe: Describe): void {
    if (this.length === CAPACITY) this.#forgetOldest()
    const slot = this.#to++ % CAPACITY
    this.#spans[slot] = span
    this.#describe[slot] = describe
    this.#sizes[slot] = size
    this.#characters += size
    while (this.#characters > MAX_CHARACTERS) this.#forgetOldest()
  }

  /** Gives up to `limit` of them, oldest first, and forgets them. */
  take(limit = CAPACITY): Span[] {
    const spans: Span[] = []
    while (this.length > 0 && spans.length < limit) {
      const slot = this.#from % CAPACITY
      const span = this.#spans[slot] as object
      spans.push((this.#describe[slot] as Describe)(span))
      this.#forgetOldest()
    }
    return spans
  }

  #forgetOldest(): void {
    const slot = this.#from++ % CAPACITY
    this.#spans[slot] = undefined
    this.#characters -= this.#sizes[slot] as number
  }
}
