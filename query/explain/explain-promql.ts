import { Annotations } from '../promql/annotations.ts'
import { Budget, type Limits, TooManySamples } from '../promql/budget.ts'
import { documentedType, typeOf } from '../promql/check-types.ts'
import { withDurations } from '../promql/duration-expression.ts'
import { DEFAULT_OPTIONS, type EngineOptions, instantResult, type Result } from '../promql/engine.ts'
import { Evaluator } from '../promql/evaluate.ts'
import { type Expression, operandsOf, type Subquery, withoutParentheses } from '../promql/expression.ts'
import { parseExpression } from '../promql/parse.ts'
import { ExecutionError, InvalidQuery } from '../promql/value.ts'
import type { SeriesSource } from '../series/series.ts'
import { toQueryData } from '../server/answer-query.ts'
import { describePromql } from './describe-promql.ts'
import type { Explanation, Part, PartResult, PartType, QueryResult } from './explanation.ts'

/** How much an explanation may cost, and how much of each result it shows. */
export interface ExplainLimits {
  /** For all parts together. */
  readonly limits: Limits
  readonly parts: number
  /** Series shown of each part, or points of a scalar. */
  readonly series: number
  /** Samples shown of each series: the newest. */
  readonly samples: number
}

export const EXPLAIN_LIMITS: ExplainLimits = {
  limits: { samples: 20_000_000, time: 5000 },
  parts: 100,
  series: 5,
  samples: 60,
}

/**
 * Evaluates a PromQL query part by part.
 *
 * @param time milliseconds since 1970
 * @throws {ParseError | InvalidQuery} for a query that cannot be evaluated at all
 * @throws {TooManySamples | QueryTimeout} when all parts together cost too much
 */
export function explainPromql(
  source: SeriesSource,
  text: string,
  time: number,
  options: Partial<EngineOptions> = {},
  limits: ExplainLimits = EXPLAIN_LIMITS,
): Explanation {
  const expression = withDurations(parseExpression(text), { step: 0, range: 0 })
  const annotations = new Annotations(text)
  const root = new PromqlExplainer(source, text, time, { ...DEFAULT_OPTIONS, ...options }, limits, annotations).explain(
    expression,
    time,
  )
  return { language: 'promql', query: text, root, warnings: annotations.warnings, infos: annotations.infos }
}

class PromqlExplainer {
  readonly #evaluator: Evaluator
  #parts = 0

  constructor(
    source: SeriesSource,
    readonly text: string,
    readonly time: number,
    readonly options: EngineOptions,
    readonly limits: ExplainLimits,
    annotations: Annotations,
  ) {
    const { lookback, defaultStep } = options
    const budget = new Budget(limits.limits)
    this.#evaluator = new Evaluator({ source, annotations, budget, lookback, defaultStep, start: time, end: time })
  }

  explain(expression: Expression, time: number): Part {
    const { from, to } = expression.range
    countPart(++this.#parts, this.limits)
    const inner = expression.kind === 'subquery' ? this.#lastStep(expression, time) : time
    return {
      text: this.text.slice(from, to),
      from,
      to,
      about: describePromql(expression, { text: this.text, ...this.options }),
      type: documentedType(typeOf(expression)) as PartType,
      time: time / 1000,
      ...this.#evaluate(expression, time),
      operands: partsOf(expression).map((operand) => this.explain(operand, inner)),
      stages: [],
    }
  }

  #evaluate(expression: Expression, time: number): Pick<Part, 'result' | 'error'> {
    return attempt(() => {
      const value = this.#evaluator.evaluate(expression, { start: time, interval: 0, count: 1 })
      return cut(instantResult(value, time), this.limits)
    })
  }

  /** When the inside of a subquery is evaluated last. */
  #lastStep({ at, offset, step }: Subquery, time: number): number {
    const end = (typeof at === 'number' ? at : at === undefined ? time : this.time) - offset
    const interval = step ?? this.options.defaultStep
    return Math.floor(end / interval) * interval
  }
}

/** @throws {InvalidQuery} when there are too many parts */
export function countPart(parts: number, limits: ExplainLimits): void {
  if (parts > limits.parts) throw new InvalidQuery(`the query has more than ${limits.parts} parts to explain`)
}

/** A part that fails does not keep the others from being shown; running out of the budget does. */
export function attempt(evaluate: () => PartResult): Pick<Part, 'result' | 'error'> {
  try {
    return { result: evaluate(), error: null }
  } catch (error) {
    if (!(error instanceof ExecutionError) || error instanceof TooManySamples) throw error
    return { result: null, error: error.message }
  }
}

/** The operands that tell something: numbers and texts are read in the query itself, and parentheses do nothing. */
function partsOf(expression: Expression): readonly Expression[] {
  if (expression.kind === 'parentheses') return partsOf(expression.expression)
  if (expression.kind === 'matrixSelector') return []
  return operandsOf(expression)
    .map(withoutParentheses)
    .filter(({ kind }) => kind !== 'number' && kind !== 'string')
}

function cut(full: Result, limits: ExplainLimits): PartResult {
  if (full.type === 'scalar' || full.type === 'string')
    return { data: dataOf(full), series: full.type === 'scalar' ? 1 : 0, samples: 1 }
  const series = full.series.slice(0, limits.series).map(({ labels, samples }) => ({
    labels,
    samples: samples.slice(-limits.samples),
  }))
  const samples = full.series.reduce((sum, one) => sum + one.samples.length, 0)
  return { data: dataOf({ type: full.type, series }), series: full.series.length, samples }
}

function dataOf(result: Result): QueryResult {
  return toQueryData({ result, warnings: [], infos: [] }).data as QueryResult
}
