import type { Span } from './wire.ts'

/**
 * What the Lab takes from the phases: the interface between the two, which knows no logging, metrics or tracing
 * library. A phase is given one when the Lab is on (`PhaseOptions.lab`), and works the same without.
 *
 * All of it is cheap enough for every request: lines are copied, spans are remembered, and neither is looked at
 * before somebody wants to see them.
 */
export interface LabFeed {
  /** Takes log lines as they are written: JSON objects, each with its newline. The bytes are copied. */
  lines(bytes: Uint8Array): void

  /**
   * Takes a span that has ended.
   *
   * @param size about how many characters its attributes hold, so that memory stays bounded
   * @param describe is called later, if at all, and at most once for each span
   */
  span<T extends object>(span: T, size: number, describe: (span: T) => Span): void

  /** Takes a function that reads metrics by their names. It leaves out those that there are not. */
  metrics(read: ReadMetrics): void
}

export type ReadMetrics = (names: readonly string[]) => Promise<Metric[]>

/** A metric as it is at one moment. */
export interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** A histogram has several for each set of labels: a `_bucket` for each `le`, `_sum` and `_count`. */
  readonly series: readonly Series[]
}

export interface Series {
  /** With the ending that it has on /metrics. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** `time` is in milliseconds since 1970. */
  readonly exemplar?: {
    readonly labels: Readonly<Record<string, string>>
    readonly value: number
    readonly time: number
  }
}
