import type { Line, LineSource, Stream } from '../query/lines/line.ts'
import { LineStore } from '../query/lines/line-store.ts'
import { readLine } from '../query/lines/read-lines.ts'
import type { Labels } from '../query/series/labels.ts'
import type { Matcher } from '../query/series/matcher.ts'
import type { LineRing } from './line-ring.ts'

/** More lines are not parsed, however short they are. */
export const MOST_LINES = 20_000

/** Parsed lines that nobody has asked for since are forgotten after that time. */
const UNUSED_MS = 60_000

interface ParsedLine {
  /** Its position in the log. */
  readonly seq: number
  readonly labels: Labels
  readonly line: Line
}

/**
 * The lines of the log, with the labels and the structured metadata that Loki has them with. They are parsed when a query
 * asks for them, each once.
 */
export class LogSource implements LineSource {
  readonly #log: LineRing
  readonly #now: () => number
  #parsed: ParsedLine[] = []
  #position = 0
  #store = new LineStore()
  #usedAt = 0

  /** @param now milliseconds */
  constructor(log: LineRing, now: () => number = Date.now) {
    this.#log = log
    this.#now = now
  }

  select(matchers: readonly Matcher[]): readonly Stream[] {
    this.#usedAt = this.#now()
    if (this.#position !== this.#log.end) this.#parse()
    return this.#store.select(matchers)
  }

  /** Frees the memory of lines that nobody asks for. */
  forgetUnused(): void {
    if (this.#parsed.length === 0 || this.#now() - this.#usedAt < UNUSED_MS) return
    this.#parsed = []
    this.#position = 0
    this.#store = new LineStore()
  }

  #parse(): void {
    const { lines } = this.#log.read(this.#position, MOST_LINES)
    this.#position = this.#log.end
    const now = BigInt(this.#now()) * 1_000_000n
    const streams = new Map<string, Labels>()
    for (const { labels } of this.#parsed) streams.set(labels.key, labels)
    const fresh = lines
      .filter(({ text }) => text !== '')
      .map(({ seq, text }): ParsedLine => {
        const { labels, line } = readLine(text, now)
        const known = streams.get(labels.key) ?? labels
        streams.set(labels.key, known)
        return { seq, labels: known, line }
      })
    const { start } = this.#log
    this.#parsed = [...this.#parsed.filter(({ seq }) => seq > start), ...fresh].slice(-MOST_LINES)
    this.#store = new LineStore()
    for (const { labels, line } of this.#parsed) this.#store.append(labels, line)
  }
}
