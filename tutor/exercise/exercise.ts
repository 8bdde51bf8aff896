/** Shown to the learner when a claim does not hold: "expected …", "seen …", "look at …". */
export interface Unmet {
  readonly expected: string
  readonly seen: string
  readonly look: string
}

/**
 * Asserts a property of a solved exercise. The first claim that does not hold ends the check.
 *
 * @param title the claim in the learner's words
 */
export type Claim = (title: string, holds: boolean, unmet: Unmet) => void

/** The hints and the check of an exercise. Its text is at the top of its file in `phases/`. */
export interface Exercise<Module> {
  /** Increasingly specific; each call of `--hint` shows one more. */
  readonly hints: readonly string[]
  /**
   * Runs the learner's module and checks its telemetry.
   *
   * @param modulePath to load the module again in another thread
   * @throws any error of the learner's code
   */
  check(module: Module, claim: Claim, modulePath: string): Promise<void>
}

/** Type-checks an exercise where it is defined. */
export function defineExercise<Module>(exercise: Exercise<Module>): Exercise<Module> {
  return exercise
}
