import type { Arithmetic, Comparison, Matching, SetOperator, TextRange } from '../promql/expression.ts'
import type { Matcher } from '../series/matcher.ts'

interface Node {
  readonly range: TextRange
}

export type LineFilterOperator = '|=' | '!=' | '|~' | '!~' | '|>' | '!>'

/** `|= "a" or "b"` */
export interface LineFilterStage extends Node {
  readonly kind: 'lineFilter'
  readonly operator: LineFilterOperator
  readonly texts: readonly string[]
}

/** `json`, `json a="b.c"`; without expressions, all members are extracted. */
export interface JsonStage extends Node {
  readonly kind: 'json'
  readonly expressions: readonly Extraction[]
}

export interface LogfmtStage extends Node {
  readonly kind: 'logfmt'
  readonly strict: boolean
  readonly keepEmpty: boolean
  readonly expressions: readonly Extraction[]
}

export interface Extraction {
  readonly label: string
  readonly expression: string
}

export interface PatternStage extends Node {
  readonly kind: 'pattern' | 'regexp'
  readonly expression: string
}

export type LabelFilter =
  | { readonly kind: 'and' | 'or'; readonly left: LabelFilter; readonly right: LabelFilter }
  | { readonly kind: 'string'; readonly matcher: Matcher }
  | {
      readonly kind: 'number' | 'duration' | 'bytes'
      readonly label: string
      readonly operator: Comparison
      /** Durations in nanoseconds. */
      readonly value: number
    }

export interface LabelFilterStage extends Node {
  readonly kind: 'labelFilter'
  readonly filter: LabelFilter
}

export interface LineFormatStage extends Node {
  readonly kind: 'lineFormat'
  readonly template: string
}

export interface LabelFormat {
  readonly label: string
  readonly isRename: boolean
  /** The other label, or a template. */
  readonly value: string
}

export interface LabelFormatStage extends Node {
  readonly kind: 'labelFormat'
  readonly formats: readonly LabelFormat[]
}

/** A label by its name, or one whose value matches. */
export type LabelChoice = string | Matcher

export interface ChoiceStage extends Node {
  readonly kind: 'drop' | 'keep'
  readonly labels: readonly LabelChoice[]
}

export interface DecolorizeStage extends Node {
  readonly kind: 'decolorize'
}

export type Stage =
  | LineFilterStage
  | JsonStage
  | LogfmtStage
  | PatternStage
  | LabelFilterStage
  | LineFormatStage
  | LabelFormatStage
  | ChoiceStage
  | DecolorizeStage

/** `{service="app"} | json`. Every stage can be evaluated by itself, with those before it. */
export interface LogExpression extends Node {
  readonly kind: 'log'
  readonly matchers: readonly Matcher[]
  readonly stages: readonly Stage[]
}

export interface Unwrap extends Node {
  readonly label: string
  readonly conversion: 'number' | 'duration' | 'bytes'
  readonly filters: readonly LabelFilter[]
}

export type RangeOperation =
  | 'count_over_time'
  | 'rate'
  | 'rate_counter'
  | 'bytes_over_time'
  | 'bytes_rate'
  | 'avg_over_time'
  | 'sum_over_time'
  | 'min_over_time'
  | 'max_over_time'
  | 'stdvar_over_time'
  | 'stddev_over_time'
  | 'quantile_over_time'
  | 'first_over_time'
  | 'last_over_time'
  | 'absent_over_time'

export interface Grouping {
  readonly labels: readonly string[]
  readonly without: boolean
}

export interface RangeAggregation extends Node {
  readonly kind: 'rangeAggregation'
  readonly operation: RangeOperation
  readonly parameter: number | undefined
  readonly log: LogExpression
  readonly unwrap: Unwrap | undefined
  /** Nanoseconds. */
  readonly interval: bigint
  /** Nanoseconds. */
  readonly offset: bigint
  readonly grouping: Grouping | undefined
}

export type VectorOperation =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'sort'
  | 'sort_desc'

export interface VectorAggregation extends Node {
  readonly kind: 'vectorAggregation'
  readonly operation: VectorOperation
  readonly parameter: number | undefined
  readonly expression: MetricExpression
  readonly grouping: Grouping
}

export interface LogBinary extends Node {
  readonly kind: 'binary'
  readonly operator: SetOperator | Comparison | Exclude<Arithmetic, 'atan2'>
  readonly left: MetricExpression
  readonly right: MetricExpression
  readonly matching: Matching
  readonly returnBool: boolean
}

export interface LabelReplace extends Node {
  readonly kind: 'labelReplace'
  readonly expression: MetricExpression
  /** Destination, replacement, source, regular expression. */
  readonly texts: readonly [string, string, string, string]
}

/** A number, or with `vector(1)` a vector of one series without labels. */
export interface LogNumber extends Node {
  readonly kind: 'number' | 'vector'
  readonly value: number
}

export type MetricExpression = RangeAggregation | VectorAggregation | LogBinary | LabelReplace | LogNumber

export type LogQuery = LogExpression | MetricExpression
