import { setTimeout as delay } from 'node:timers/promises'
import type { Sink } from './sink-client.ts'
import type { Subject } from './subjects.ts'

/** How many requests a subject was sent on a path in one turn, and how many of their root spans have arrived. */
export interface ExportedSpans {
  readonly subject: string
  readonly path: string
  readonly requests: number
  readonly spans: number
}

interface Entry {
  readonly subject: string
  readonly path: string
  readonly spansBefore: number
  requests: number
  endedAt: number
}

/** A batch processor sends what it holds after five seconds at the latest. */
const longestDelayMs = 6_000

/**
 * Keeps account of which spans belong to which path. A subject sends its last spans seconds after its
 * turn, so what arrives until its next turn counts for the one before.
 */
export class SpanLedger {
  readonly #sink: Sink
  readonly #open = new Map<string, Entry>()
  readonly #closed: ExportedSpans[] = []

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** Begins a subject's turn. Waits while spans of its previous turn may still be on their way. */
  async begin({ name, exports }: Subject, path: string): Promise<void> {
    if (exports === undefined) return
    const previous = this.#open.get(name)
    if (previous !== undefined) await this.#untilArrived(previous)
    const spansBefore = await this.#spansOf(name)
    if (previous !== undefined) this.#close(previous, spansBefore)
    this.#open.set(name, { subject: name, path, spansBefore, requests: 0, endedAt: 0 })
  }

  /** Ends a subject's turn, in which it was sent so many requests. */
  end({ name }: Subject, requests: number): void {
    const entry = this.#open.get(name)
    if (entry === undefined) return
    entry.requests = requests
    entry.endedAt = Date.now()
  }

  /** Closes the account, when all servers have stopped and so sent what they had. */
  async finish(): Promise<readonly ExportedSpans[]> {
    for (const entry of this.#open.values()) this.#close(entry, await this.#spansOf(entry.subject))
    this.#open.clear()
    return this.#closed
  }

  async #untilArrived({ subject, spansBefore, requests, endedAt }: Entry): Promise<void> {
    while (Date.now() - endedAt < longestDelayMs) {
      if ((await this.#spansOf(subject)) - spansBefore >= requests) return
      await delay(100)
    }
  }

  async #spansOf(subject: string): Promise<number> {
    return (await this.#sink.received())[subject]?.roots ?? 0
  }

  #close({ subject, path, spansBefore, requests }: Entry, spansNow: number): void {
    this.#closed.push({ subject, path, requests, spans: spansNow - spansBefore })
  }
}
