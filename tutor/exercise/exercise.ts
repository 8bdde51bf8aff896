/** Shown to the learner when a claim does not hold: "expected …", "seen …", "look at …". */
export interface Unmet {
  readonly expected: string
  readonly seen: string
  readonly look: string
  /** Shown below, if words do not suffice. */
  readonly table?: Table | undefined
}

/** Rows of cells. The first row names the columns. */
export type Table = readonly (readonly string[])[]

/** What an answer makes of data that the learner can look at, whether it is right or not. */
export interface Preview {
  readonly title: string
  readonly table: Table
}

/** Data that a learner can look at before answering. Answers are checked over other data as well. */
export interface ShownData {
  /** OpenMetrics text with timestamps. */
  readonly metrics?: string
  /** Lines of JSON. */
  readonly logs?: string
  /** A question to begin with. */
  readonly example: { readonly query: string; readonly at: string }
}

/**
 * Asserts a property of a solved exercise. The first claim that does not hold ends the check.
 *
 * @param title the claim in the learner's words
 */
export type Claim = (title: string, holds: boolean, unmet: Unmet) => void

/**
 * The hints and the check of an exercise. Its task is at the top of its file in `phases/` or `lessons/`.
 *
 * An answer is the learner's module, or the text of a file that is no module.
 */
export interface Exercise<Answer> {
  /** Increasingly specific; each call of `--hint` shows one more. */
  readonly hints: readonly string[]
  /**
   * Runs the learner's module and checks its telemetry, or evaluates the learner's text.
   *
   * @param modulePath to load the module again in another thread; of no use for a text
   * @throws any error of the learner's code
   */
  check(answer: Answer, claim: Claim, modulePath: string): Promise<void>
  /** Undefined when the answer cannot be evaluated. Only for texts. */
  readonly preview?: (answer: Answer) => Preview | undefined
  /** What `--data` writes. */
  readonly data?: () => ShownData
}

/** Type-checks an exercise where it is defined. */
export function defineExercise<Answer>(exercise: Exercise<Answer>): Exercise<Answer> {
  return exercise
}
