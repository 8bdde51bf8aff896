import type { Labels } from './labels.ts'
import type { Matcher } from './matcher.ts'

/** Samples of one series, oldest first. Times are milliseconds since 1970, each later than the one before. */
export interface SampledSeries {
  readonly labels: Labels
  readonly times: Float64Array
  readonly values: Float64Array
  /** When the series was found to have ended, e.g. because a target no longer shows it. Ascending; undefined if never. */
  readonly endedAt?: readonly number[] | undefined
}

/** Where the engine takes its samples from. */
export interface SeriesSource {
  /** All series that satisfy all matchers, in the order of their labels. */
  select(matchers: readonly Matcher[]): readonly SampledSeries[]
}

/** One observation of a series that leads further, to a trace as a rule. */
export interface Exemplar {
  readonly labels: Labels
  readonly value: number
  /** Milliseconds since 1970. */
  readonly time: number
}

/** What an exposition says about a metric family. */
export interface Metadata {
  readonly type: string
  readonly help: string
  readonly unit: string
}
