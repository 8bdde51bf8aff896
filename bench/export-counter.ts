import { setTimeout as delay } from 'node:timers/promises'
import type { Sink } from './sink-client.ts'
import type { Subject } from './subjects.ts'

/** The requests a subject was sent on a path in one turn, and the root spans that arrived. */
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

/** A batch processor exports its buffer after at most five seconds. */
const longestDelayMs = 6_000

/**
 * Assigns exported spans to paths. A subject exports its last spans seconds after its turn, so spans that arrive
 * before its next turn count for the previous one.
 */
export class ExportCounter {
  readonly #sink: Sink
  readonly #open = new Map<string, Entry>()
  readonly #closed: ExportedSpans[] = []

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** Begins a subject's turn. Waits while spans of its previous turn may still arrive. */
  async begin({ name, exports }: Subject, path: string): Promise<void> {
    if (exports === undefined) return
    const previous = this.#open.get(name)
    if (previous !== undefined) await this.#waitForSpans(previous)
    const spansBefore = await this.#spansOf(name)
    if (previous !== undefined) this.#close(previous, spansBefore)
    this.#open.set(name, { subject: name, path, spansBefore, requests: 0, endedAt: 0 })
  }

  /** Ends a subject's turn. */
  end({ name }: Subject, requests: number): void {
    const entry = this.#open.get(name)
    if (entry === undefined) return
    entry.requests = requests
    entry.endedAt = Date.now()
  }

  /** Call it when all servers have stopped, because stopping exports their last spans. */
  async finish(): Promise<readonly ExportedSpans[]> {
    for (const entry of this.#open.values()) this.#close(entry, await this.#spansOf(entry.subject))
    this.#open.clear()
    return this.#closed
  }

  async #waitForSpans({ subject, spansBefore, requests, endedAt }: Entry): Promise<void> {
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
