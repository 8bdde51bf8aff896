/** What `/lab/api/learn` sends of exercises. Names of files are relative to the repository, with `/`. */

/** `changed`: the file has changed since its last check. */
export type ExerciseState = 'open' | 'changed' | 'solved' | 'missing'

export interface ExerciseSummary {
  /** `3.2` */
  readonly number: string
  readonly lesson: number
  readonly title: string
  readonly state: ExerciseState
}

/** `GET exercises` */
export interface Exercises {
  readonly exercises: readonly ExerciseSummary[]
}

/** `GET exercises/:number` */
export interface ExerciseDetails extends ExerciseSummary {
  /** Paragraphs separated by empty lines, as in the file. */
  readonly task: string
  readonly file: string
  /** The absolute path of the file. */
  readonly path: string
  /** Where the learner's part begins. */
  readonly line: number
  /** The hints that have been given. */
  readonly hints: readonly string[]
  readonly hint_count: number
  /** Whether there is data to try an answer on. */
  readonly has_data: boolean
}

/** `POST exercises/:number/hint` */
export interface Hints {
  readonly hints: readonly string[]
  readonly hint_count: number
}

/** `GET exercises/:number/solution`: a unified diff, empty when there is none. */
export interface Solution {
  readonly diff: string
}

/** `POST exercises/:number/reset` */
export interface Reset {
  /** The file that has the learner's version; null when there was none to keep. */
  readonly kept: string | null
}

/** `POST exercises/:number/data`: commands for a terminal. */
export interface DataCommands {
  readonly serve: string
  readonly ask: string
}

/** An event `check` of `GET exercises/:number/events`. */
export type ExerciseEvent =
  | { readonly kind: 'checking' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'verdict'; readonly verdict: ShownVerdict }
  /** The check itself has failed. */
  | { readonly kind: 'failed'; readonly message: string }

export interface ShownVerdict {
  readonly solved: boolean
  /** The claims that hold. */
  readonly met: readonly string[]
  /** What does not hold yet. */
  readonly problem?: ShownProblem | undefined
  readonly preview?: { readonly title: string; readonly table: Table } | undefined
  /** Output of the learner's code. */
  readonly printed: string
}

export interface ShownProblem {
  readonly title: string
  /** `['expected', '…']` */
  readonly facts: readonly (readonly [name: string, text: string])[]
  /** Errors of the learner's code. */
  readonly text?: string
  readonly table?: Table | undefined
}

/** Rows of cells. The first row names the columns. */
export type Table = readonly (readonly string[])[]
