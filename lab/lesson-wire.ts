import type { ExerciseSummary } from './exercise-wire.ts'
import type { DrillProgress } from './progress-wire.ts'

/**
 * What the page gets of lessons, below `/lab/api/learn`. The server has it only where `State.learn` is true.
 *
 *   GET  path                       LearnPath
 *   GET  documents/{id}             LessonDocument: `1` to `7` are the lessons, others are Markdown files such as `README`
 *   POST run                        RunRequest → RunResult
 *   POST check/{lesson}             a stream of CheckEvent, one JSON object a line
 */

/** The course in its order. */
export interface LearnPath {
  readonly lessons: readonly LessonSummary[]
  readonly drills: readonly {
    readonly id: string
    readonly title: string
    /** null when it has not been solved yet. */
    readonly solved: DrillProgress['how'] | null
  }[]
}

export interface LessonSummary {
  readonly number: number
  /** Without its number: `Structured logging`. */
  readonly title: string
  /** About how long it takes; null when the lesson does not say. */
  readonly minutes: number | null
  /** The phase that its server runs. */
  readonly phase: number
  readonly exercises: readonly ExerciseSummary[]
  /** How many of its claims held when they were last checked; null before that. */
  readonly claims: { readonly held: number; readonly of: number } | null
}

/** A Markdown file of the repository, rendered. */
export interface LessonDocument {
  readonly id: string
  /** The lesson's number; null for other documents. */
  readonly lesson: number | null
  readonly title: string
  /** From the repository's root, such as `phases/1-logging/README.md`. */
  readonly file: string
  readonly blocks: readonly Block[]
  /** The lines that its links lead to, by `path#L8-L62`. */
  readonly sources: Readonly<Record<string, string>>
}

export type Block =
  | { readonly kind: 'prose'; readonly html: string }
  | { readonly kind: 'heading'; readonly level: number; readonly anchor: string; readonly html: string }
  | { readonly kind: 'console'; readonly line: number; readonly steps: readonly LessonStep[] }

/** A command of a lesson with the output that the lesson printed. */
export interface LessonStep {
  /** Line number in the document. */
  readonly line: number
  /** null: the block shows the terminal of the server. */
  readonly command: string | null
  readonly printed: string
  readonly how: How
}

/** What carries a command out. */
export type How =
  | { readonly by: 'server' }
  /** The server restarts in a phase, with these variables of the environment. */
  | { readonly by: 'phase'; readonly phase: number; readonly settings: Readonly<Record<string, string>> }
  | { readonly by: 'check'; readonly lesson: number }
  /** Only a terminal can. */
  | { readonly by: 'terminal'; readonly reason: string }
  /** Nothing is to be run: an output, or the content of a file. */
  | { readonly by: 'reader' }

export interface RunRequest {
  readonly document: string
  /** `LessonStep.line`. */
  readonly line: number
  /** The command, in which the reader may have put in ids. */
  readonly command: string
  /** RFC 3339: lines of the log before that time are left out; empty for all. */
  readonly since: string
  /** Ids of earlier outputs: those that the lesson printed, with those of this server. */
  readonly ids: Readonly<Record<string, string>>
}

export interface RunResult {
  readonly output: string
  /** Whether it agrees with what the lesson printed, apart from times, ids and durations. */
  readonly as_printed: boolean
  /** New ids, to be put into later commands. */
  readonly ids: Readonly<Record<string, string>>
  /** The requests that it sent, in order; the last 20. */
  readonly requests: readonly RunSent[]
  /** For a command that empties the log: `RunRequest.since` of later commands. */
  readonly log_since: string | null
}

export interface RunSent {
  readonly method: string
  readonly path: string
  /** null when no answer came. */
  readonly status: number | null
  readonly milliseconds: number
  readonly body: string
  /** From phase 2 on. */
  readonly request_id: string | null
}

export type CheckEvent =
  | { readonly event: 'claims'; readonly titles: readonly string[] }
  /** What it waits for. */
  | { readonly event: 'note'; readonly text: string }
  | {
      readonly event: 'outcome'
      readonly title: string
      readonly ok: boolean
      readonly expected: string
      readonly seen: string
      readonly hint: string
    }
  /** There is nothing to check: the reason, and what to do. */
  | { readonly event: 'problem'; readonly text: string }
  | { readonly event: 'end' }
