/** What a learner is told when a claim does not hold. Each completes its line: "expected …", "seen …", "look at …". */
export interface Unmet {
  readonly expected: string
  readonly seen: string
  readonly look: string
}

/**
 * States something that is true of a solved exercise. The first claim that does not hold ends the check.
 *
 * @param title the claim, as a learner would say it
 */
export type Claim = (title: string, holds: boolean, unmet: Unmet) => void

/** How an exercise is checked, and what helps with it. Its text stands at the top of its file in `phases/`. */
export interface Exercise<Module> {
  /** From a nudge to all but the answer; each call of `--hint` gives the next one. */
  readonly hints: readonly string[]
  /**
   * Runs the learner's module for real and looks at what comes out of it.
   *
   * @param modulePath where the module is, to load it again in another thread
   * @throws what the learner's code throws
   */
  check(module: Module, claim: Claim, modulePath: string): Promise<void>
}

/** Lets TypeScript check an exercise where it is written; gives it back unchanged. */
export function defineExercise<Module>(exercise: Exercise<Module>): Exercise<Module> {
  return exercise
}
