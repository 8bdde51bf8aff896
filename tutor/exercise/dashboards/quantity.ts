import type { SeriesSource } from '../../../query/series/series.ts'
import type { Mistake } from '../queries/mistake.ts'
import type { PanelQuery } from './panel-mistakes.ts'

/** Something that a dashboard has to show. */
export interface Quantity {
  /** `the share of requests that fail` */
  readonly what: string
  /** Units in which it may be shown, and by how much a value in that unit is larger than one of the reference. */
  readonly units: Readonly<Record<string, number>>
  /**
   * A query that gives it.
   *
   * @param by labels that the result keeps, joined with commas
   * @param jobs a regular expression
   * @param range `60s`
   */
  readonly reference: (by: string, jobs: string, range: string) => string
  /** Labels by which it may be told apart. */
  readonly labels: readonly string[]
  /** Labels by which it must be told apart. */
  readonly needs?: readonly string[]
  /** The limit that has to be drawn, in the unit of the reference. */
  readonly threshold?: number
  readonly mistakes: readonly Mistake<PanelQuery>[]
  /** What to look at when none of the mistakes is found. */
  readonly look: string
}

/** Data over which a dashboard is shown. */
export interface Screening {
  /** `while nothing fails` */
  readonly when: string
  readonly source: () => SeriesSource
  /** The services that are selected. */
  readonly jobs: readonly string[]
  /** Seconds that `$__rate_interval` stands for; default 60. */
  readonly rateInterval?: number
  readonly minutes: number
}
