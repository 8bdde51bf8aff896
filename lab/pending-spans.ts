import { type BoundedSpan, bounded } from './bounded-span.ts'
import type { Span } from './wire.ts'

/** Number of unconverted spans while a reader takes them several times a second. */
const WATCHED = 8192

/**
 * The same without a reader. It is small, because the garbage collector has to copy kept spans, which is most of the
 * Lab's cost.
 */
const UNWATCHED = 64

/** Spans converted per second without a reader, so that the spans of a quiet server are available later. */
const DESCRIBED_PER_SECOND = 128

/** Approximate characters in attributes of unconverted spans. */
const MAX_CHARACTERS = 2 * 1024 * 1024

/** Bytes of converted spans that were not taken yet. */
const MAX_BYTES = 4 * 1024 * 1024

/** Ended spans that were not taken yet: at a low rate all of them, at a high rate the latest. */
export class PendingSpans<T extends object> {
  /** Whether a reader takes them several times a second. */
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

  /** @param describe converts a span; called when the span is taken, or never */
  constructor(describe: (span: T) => Span) {
    this.#describe = describe
  }

  /** @param size approximate characters of its attributes, to bound memory */
  add(span: T, size: number): void {
    if (this.#to - this.#from >= (this.watched ? WATCHED : UNWATCHED)) this.#makeRoom()
    const slot = this.#to++ % WATCHED
    this.#spans[slot] = span
    this.#sizes[slot] = size
    this.#characters += size
    while (this.#characters > MAX_CHARACTERS) this.#forgetOldest()
  }

  /** Returns and removes all spans, oldest first. */
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
