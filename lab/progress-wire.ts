import type { ExerciseSummary } from './exercise-wire.ts'

/** `.tutor/progress.json`: keys are numbers of lessons and of incidents. */
export interface Progress {
  readonly lessons: Readonly<Record<string, LessonProgress>>
  /** By the last check of each lesson. */
  readonly claims: Readonly<Record<string, { readonly passed: readonly string[]; readonly of: number }>>
  readonly drills: Readonly<Record<string, DrillProgress>>
}

export interface LessonProgress {
  /** The anchor of the section that was read last. */
  readonly section?: string
  readonly done: boolean
}

/** How a drill was solved: the cause in free form, by guided questions, or not at all. */
export interface DrillProgress {
  readonly how: 'found' | 'questions' | 'given up'
  /** ISO 8601. */
  readonly at: string
  /** From the pager to the debrief. */
  readonly seconds: number
  /** Answers in free form. */
  readonly tries: number
  readonly seed: number
}

/** `GET progress`, and the file of `GET progress/export`. */
export interface AllProgress extends Progress {
  readonly exercises: readonly Pick<ExerciseSummary, 'number' | 'title' | 'state'>[]
}
