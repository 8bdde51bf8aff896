/**
 * A query as a tree of its parts, each with its own result. Types only, so that a page can import them.
 *
 * Results have the form that the HTTP APIs of Prometheus and Loki give them: times in seconds, values as text.
 */

/** The language of a query. */
export type Language = 'promql' | 'logql'

/** What a part of a query evaluates to, in the words of the documentation. */
export type PartType = 'scalar' | 'string' | 'instant vector' | 'range vector' | 'log lines'

/** A whole query, explained. */
export interface Explanation {
  readonly language: Language
  readonly query: string
  readonly root: Part
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

/** A part of a query. Its text is a query by itself. */
export interface Part {
  readonly text: string
  /** Where it is in the query, as offsets in JavaScript's string. */
  readonly from: number
  readonly to: number
  /** What the part does, in a sentence or two. */
  readonly about: string
  readonly type: PartType
  /** The moment for which it was evaluated, in seconds. The inside of a subquery has the subquery's last step. */
  readonly time: number
  /** null when it failed, and for log lines, whose `stages` tell more. */
  readonly result: PartResult | null
  /** Why there is no result. */
  readonly error: string | null
  /** The parts that it is computed from. */
  readonly operands: readonly Part[]
  /** The pipeline, beginning with the stream selector; empty for all but log lines. */
  readonly stages: readonly StageResult[]
}

/** The first few series of a part's result. */
export interface PartResult {
  /** As in the HTTP API, cut. */
  readonly data: QueryResult
  /** How many series the full result has. */
  readonly series: number
  /** How many samples the full result has. */
  readonly samples: number
}

/** `data` of the HTTP API. */
export type QueryResult =
  | { readonly resultType: 'scalar' | 'string'; readonly result: Point }
  | { readonly resultType: 'vector'; readonly result: readonly VectorItem[] }
  | { readonly resultType: 'matrix'; readonly result: readonly MatrixItem[] }

/** Seconds since 1970, and a value: `0.25`, `+Inf`, `NaN`. */
export type Point = readonly [time: number, value: string]

export interface VectorItem {
  readonly metric: Readonly<Record<string, string>>
  readonly value: Point
}

export interface MatrixItem {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly Point[]
}

/** What one stage of a pipeline did. */
export interface StageResult {
  readonly text: string
  readonly from: number
  readonly to: number
  readonly about: string
  /** How many lines the stage was given. For the selector: all lines of the period. */
  readonly in: number
  /** How many lines are left after it. */
  readonly out: number
  /** How many of those have an error of this stage in `__error__`. */
  readonly errors: number
  /** A line that passed, as it was after the stage; the same line for all stages if one passed them all. */
  readonly example: ExampleLine | null
  /** A line that the stage removed, as it was before the stage. */
  readonly removed: ExampleLine | null
}

export interface ExampleLine {
  /** Nanoseconds since 1970. */
  readonly time: string
  readonly line: string
  readonly labels: Readonly<Record<string, string>>
}
