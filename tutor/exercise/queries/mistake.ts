import type { Difference } from './difference.ts'

/** A wrong answer, evaluated. */
export interface Finding<Query> {
  readonly query: Query
  /** Undefined when the query could not be evaluated. */
  readonly difference: Difference | undefined
  /** Why the query could not be evaluated. */
  readonly error: string | undefined
}

/** A mistake that many make. It is looked for only in answers that are wrong. */
export interface Mistake<Query> {
  readonly isIn: (finding: Finding<Query>) => boolean
  /** What the learner should look at. */
  readonly look: string
}
