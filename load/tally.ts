import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

/** Results of all requests of one kind. */
export interface KindSummary {
  readonly kind: string
  readonly requests: number
  readonly failures: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

class Counts {
  readonly micros: RecordableHistogram = createHistogram()
  failures = 0

  add(ms: number, failed: boolean): void {
    this.micros.record(Math.max(1, Math.round(ms * 1000)))
    if (failed) this.failures++
  }

  summary(kind: string): KindSummary {
    const percentile = (p: number) => this.micros.percentile(p) / 1000
    return {
      kind,
      requests: this.micros.count,
      failures: this.failures,
      p50Ms: percentile(50),
      p95Ms: percentile(95),
      p99Ms: percentile(99),
    }
  }
}

/** Counts requests by kind, such as `GET /v1/courses/[id]`. */
export class Tally {
  readonly all = new Counts()
  readonly #kinds = new Map<string, Counts>()
  readonly #problems = new Map<string, number>()

  /** @param problem why the request failed; undefined when it succeeded */
  record(kind: string, ms: number, problem: string | undefined): void {
    const counts = this.#kinds.get(kind) ?? new Counts()
    this.#kinds.set(kind, counts)
    counts.add(ms, problem !== undefined)
    this.all.add(ms, problem !== undefined)
    if (problem === undefined) return
    const text = `${kind}: ${problem}`
    this.#problems.set(text, (this.#problems.get(text) ?? 0) + 1)
  }

  /** One per kind, sorted by name. */
  summaries(): KindSummary[] {
    return [...this.#kinds].map(([kind, counts]) => counts.summary(kind)).sort((a, b) => (a.kind < b.kind ? -1 : 1))
  }

  total(): KindSummary {
    return this.all.summary('all')
  }

  /** Reasons for failures with their counts, most frequent first. */
  problems(): (readonly [text: string, count: number])[] {
    return [...this.#problems].sort(([, a], [, b]) => b - a)
  }
}
