import { type BoundedSpan, bounded } from './bounded-span.ts'
import type { Span } from './wire.ts'

/** How many spans are remembered as they are, while somebody takes them several times a second. */
const WATCHED = 8192

/**
 * The same while nobody does. It is few, because what is remembered has to be moved about by the garbage collector,
 * which is most of what the Lab costs.
 */
const UNWATCHED = 64

/** So many of them are put into words in a second, so that whoever comes later finds the spans of a quiet server. */
const DESCRIBED_PER_SECOND = 128

/** Of attributes of spans that are remembered as they are, about. */
const MAX_CHARACTERS = 2 * 1024 * 1024

/** Of spans that have been put into words and that nobody has taken. */
const MAX_BYTES = 4 * 1024 * 1024

/** Spans that have ended and that nobody has taken: the last ones, and while they come slowly, all. */
export class PendingSpans<T extends object> {
  /** Whether somebody takes them several times a second. */
  watched = false
  readonly #spans: (T | undefined)[] = new Array(WATCHED).fill(undefined)
  readonly #describe: (span: T) => Span
  readonly #sizes = new Float64Array(WATCHED)
  #from = 0
  #to = 0
  #characters = 0
  #described: BoundedSpan[] = []
  #bytes = 0
  #second = 0
  #inThisSecond = 0

  /** @param describe is called late, when a span is taken, or never */
  constructor(describe: (span: T) => Span) {
    this.#describe = describe
  }

  /** @param size about how many characters its attributes hold, so that memory stays bounded */
  add(span: T, size: number): void {
    if (this.#to - this.#from >= (this.watched ? WATCHED : UNWATCHED)) this.#makeRoom()
    const slot = this.#to++ % WATCHED
    this.#spans[slot] = span
    this.#sizes[slot] = size
    this.#characters += size
    while (this.#characters > MAX_CHARACTERS) this.#forgetOldest()
  }

  /** Gives all of them, oldest first, and forgets them. */
  take(): BoundedSpan[] {
    const spans = this.#described
    this.#described = []
    this.#bytes = 0
    while (this.#from < this.#to) spans.push(this.#describeOldest())
    return spans
  }

  #makeRoom(): void {
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.#second) this.#inThisSecond = 0
    this.#second = second
    if (!this.watched && this.#inThisSecond < DESCRIBED_PER_SECOND) this.#keepAll()
    else this.#forgetOldest()
  }

  #keepAll(): void {
    while (this.#from < this.#to) {
      const kept = this.#describeOldest()
      this.#described.push(kept)
      this.#bytes += kept.bytes
      this.#inThisSecond++
      while (this.#bytes > MAX_BYTES) this.#bytes -= this.#described.shift()?.bytes ?? 0
    }
  }

  #describeOldest(): BoundedSpan {
    const slot = this.#from % WATCHED
    const span = this.#describe(this.#spans[slot] as T)
    this.#forgetOldest()
    return bounded(span)
  }

  #forgetOldest(): void {
    const slot = this.#from++ % WATCHED
    this.#spans[slot] = undefined
    this.#characters -= this.#sizes[slot] as number
  }
}
