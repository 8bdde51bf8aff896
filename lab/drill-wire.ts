import type { DrillProgress } from './progress-wire.ts'

/** `GET drills` */
export interface Drills {
  readonly drills: readonly DrillSummary[]
  /** The id of the drill that runs; null when there is none. */
  readonly running: string | null
}

export interface DrillSummary {
  readonly id: string
  readonly title: string
  /** How it was solved best. */
  readonly progress: DrillProgress | null
}

/**
 * Where a drill is. `quiet`: all is well still; `investigation`: what is the cause?; `questions`: the guided ones;
 * `debrief`: it is over, and its app still runs; `ended`: it does not any more.
 */
export type DrillStage = 'starting' | 'quiet' | 'investigation' | 'questions' | 'debrief' | 'ended'

/** What a page shows of a drill beside the dialogue. */
export interface DrillStatus {
  readonly incident: string
  readonly title: string
  readonly stage: DrillStage
  /** The base URL of its app, which has a Lab of its own. */
  readonly url?: string
  readonly seed?: number
  /** Absolute path of the folder with its logs and scrapes. */
  readonly logs?: string
  /** What the people who call you report. */
  readonly report?: string
  /** Milliseconds since 1970, as the next one. */
  readonly paged_at?: number
  readonly ended_at?: number
  /** The guided question that waits for an answer. */
  readonly question?: DrillQuestion | null
  readonly debrief?: string
  /** How the cause was found. */
  readonly summary?: string
  /** Absolute path. */
  readonly postmortem?: string
  /** Why it ended before its time. */
  readonly failure?: string
}

export interface DrillQuestion {
  readonly number: number
  readonly of: number
  readonly ask: string
  /** Those of a multiple choice; the first is answered with `a`. */
  readonly options: readonly string[]
  /** Completes "Answer with …". */
  readonly form: string
}

/** A line of the dialogue. */
export interface DrillEntry {
  readonly by: 'you' | 'drill'
  readonly text: string
}

/** An event `drill` of `GET drill/events`: all of it first, then what is new. */
export interface DrillEvent {
  /** Null before the first drill. */
  readonly status: DrillStatus | null
  readonly entries: readonly DrillEntry[]
  /** Whether `entries` are all, rather than those that were added. */
  readonly whole: boolean
}
