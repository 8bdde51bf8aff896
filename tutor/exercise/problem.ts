import type { CompileError } from './compile.ts'
import type { Unmet } from './exercise.ts'

/** Why an answer does not solve its exercise. */
export type Problem =
  | ({ readonly kind: 'unmet'; readonly title: string } & Unmet)
  | { readonly kind: 'types'; readonly mistakes: readonly CompileError[] }
  /** An uncaught error of the learner's code. */
  | { readonly kind: 'thrown'; readonly stack: string }
  | { readonly kind: 'hung'; readonly seconds: number }
  /** The process ended during the check. */
  | { readonly kind: 'ended'; readonly code: number | null; readonly signal: NodeJS.Signals | null }
