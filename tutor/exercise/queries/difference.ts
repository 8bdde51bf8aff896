import type { Table } from '../exercise.ts'

/** How a result differs from the expected one. */
export interface Difference {
  readonly kind: 'nothing' | 'labels' | 'missing' | 'unexpected' | 'values'
  /** In words, for the learner. */
  readonly seen: string
  readonly table: Table
  /** By which number all values are too large, if it is the same for all. */
  readonly factor?: number | undefined
}
