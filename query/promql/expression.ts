import type { Matcher } from '../series/matcher.ts'

/** `vector` is an instant vector, `matrix` a range vector. */
export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string'

/** A part of the query's text, as offsets in JavaScript's string. */
export interface TextRange {
  readonly from: number
  readonly to: number
}

interface Node {
  readonly range: TextRange
}

export interface NumberLiteral extends Node {
  readonly kind: 'number'
  readonly value: number
  /** Whether it was written as a duration: `5m` rather than 300. */
  readonly isDuration: boolean
}

export interface StringLiteral extends Node {
  readonly kind: 'string'
  readonly value: string
}

/** A duration that is computed, in seconds: `[5m * 2]`, `offset (1h - step())`. */
export type DurationExpression =
  | { readonly kind: 'literal'; readonly seconds: number; readonly range: TextRange }
  | { readonly kind: 'step' | 'range'; readonly range: TextRange }
  | { readonly kind: 'negative'; readonly operand: DurationExpression; readonly range: TextRange }
  | {
      readonly kind: DurationOperator
      readonly left: DurationExpression
      readonly right: DurationExpression
      readonly range: TextRange
    }

export type DurationOperator = '+' | '-' | '*' | '/' | '%' | '^' | 'min_of' | 'max_of'

/** `@ 1609746000`, in milliseconds, or `@ start()`. */
export type At = number | 'start' | 'end'

export interface VectorSelector extends Node {
  readonly kind: 'vectorSelector'
  /** Empty when the name, if any, is among the matchers only. */
  readonly name: string
  /** With the one for the name. */
  readonly matchers: readonly Matcher[]
  /** Milliseconds. */
  readonly offset: number
  /** What the offset is computed from, if it is. */
  readonly offsetExpression?: DurationExpression | undefined
  readonly at: At | undefined
}

/** `http_requests_total[5m]`. Offset and `@` are in its selector, wherever they were written. */
export interface MatrixSelector extends Node {
  readonly kind: 'matrixSelector'
  readonly selector: VectorSelector
  /** Milliseconds. */
  readonly duration: number
  readonly durationExpression?: DurationExpression | undefined
}

/** `rate(http_requests_total[1m])[10m:30s]`. */
export interface Subquery extends Node {
  readonly kind: 'subquery'
  readonly expression: Expression
  /** Milliseconds. */
  readonly duration: number
  readonly durationExpression?: DurationExpression | undefined
  /** Milliseconds; undefined when the default is to be used. */
  readonly step: number | undefined
  readonly stepExpression?: DurationExpression | undefined
  readonly offset: number
  readonly offsetExpression?: DurationExpression | undefined
  readonly at: At | undefined
}

export interface Call extends Node {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly Expression[]
}

export type Aggregator =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'count_values'
  | 'quantile'

export interface Aggregation extends Node {
  readonly kind: 'aggregation'
  readonly operator: Aggregator
  readonly expression: Expression
  readonly parameter: Expression | undefined
  readonly grouping: readonly string[]
  readonly without: boolean
}

export type SetOperator = 'and' | 'or' | 'unless'
export type Comparison = '==' | '!=' | '<' | '>' | '<=' | '>='
export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2'
export type BinaryOperator = SetOperator | Comparison | Arithmetic

/** Which series of two vectors an operator brings together. */
export interface Matching {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many'
  readonly on: boolean
  /** The labels of `on` or `ignoring`. */
  readonly labels: readonly string[]
  /** The labels of `group_left` or `group_right`. */
  readonly include: readonly string[]
}

export interface Binary extends Node {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
  readonly matching: Matching
  readonly returnBool: boolean
}

export interface Unary extends Node {
  readonly kind: 'unary'
  readonly operator: '+' | '-'
  readonly expression: Expression
}

export interface Parentheses extends Node {
  readonly kind: 'parentheses'
  readonly expression: Expression
}

/** A PromQL expression, parsed. Every node can be evaluated by itself. */
export type Expression =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregation
  | Binary
  | Unary
  | Parentheses

const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(['==', '!=', '<', '>', '<=', '>='])
const SET_OPERATORS: ReadonlySet<string> = new Set<SetOperator>(['and', 'or', 'unless'])

/** Whether it compares: `==`, `<` and so on. */
export function isComparison(operator: string): operator is Comparison {
  return COMPARISONS.has(operator)
}

/** Whether it is `and`, `or` or `unless`. */
export function isSetOperator(operator: string): operator is SetOperator {
  return SET_OPERATORS.has(operator)
}

/** The expression in the parentheses, however many there are. */
export function withoutParentheses(expression: Expression): Expression {
  return expression.kind === 'parentheses' ? withoutParentheses(expression.expression) : expression
}

/** The operands of an expression, in the order in which they are written. */
export function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'vectorSelector':
      return []
    case 'matrixSelector':
      return [expression.selector]
    case 'call':
      return expression.args
    case 'aggregation':
      return expression.parameter === undefined
        ? [expression.expression]
        : [expression.parameter, expression.expression]
    case 'binary':
      return [expression.left, expression.right]
    case 'subquery':
    case 'unary':
    case 'parentheses':
      return [expression.expression]
  }
}
