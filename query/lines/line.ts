import type { Labels } from '../series/labels.ts'
import type { Matcher } from '../series/matcher.ts'

/** A log line as Loki stores it. */
export interface Line {
  /** Nanoseconds since 1970. */
  readonly time: bigint
  readonly text: string
  /** Structured metadata: ids and the like, of which each line has its own. */
  readonly metadata: Labels
}

/** The lines that have the same labels, oldest first. */
export interface Stream {
  readonly labels: Labels
  readonly lines: readonly Line[]
}

/** Where the engine takes its lines from. */
export interface LineSource {
  /** All streams that satisfy all matchers, in the order of their labels. */
  select(matchers: readonly Matcher[]): readonly Stream[]
}
