import type { LineSource } from '../lines/line.ts'
import { ordered } from '../logql/engine.ts'
import { LogEvaluator } from '../logql/evaluate.ts'
import type { LogExpression, MetricExpression, RangeAggregation } from '../logql/expression.ts'
import { parseLogQuery } from '../logql/parse.ts'
import type { Period } from '../logql/pipeline.ts'
import { Budget } from '../promql/budget.ts'
import { formatValue } from '../promql/format-number.ts'
import type { StepSeries } from '../promql/value.ts'
import { describeMetric } from './describe-logql.ts'
import { attempt, countPart, EXPLAIN_LIMITS, type ExplainLimits } from './explain-promql.ts'
import type { Explanation, Part, PartResult, Point } from './explanation.ts'
import { pipelineStages } from './pipeline-stages.ts'

/**
 * Evaluates a LogQL query part by part. Lines are read from the range of the aggregation around them; those of a log
 * query, from the period.
 *
 * @param end milliseconds since 1970; a metric query is evaluated for this moment
 * @param start milliseconds since 1970
 * @throws {LogParseError | Unsupported | InvalidQuery} for a query that cannot be evaluated at all
 * @throws {TooManySamples | QueryTimeout} when all parts together cost too much
 */
export function explainLogql(
  source: LineSource,
  text: string,
  start: number,
  end: number,
  limits: ExplainLimits = EXPLAIN_LIMITS,
): Explanation {
  const query = parseLogQuery(text)
  const explainer = new LogqlExplainer(source, text, nanoseconds(end), limits)
  const root =
    query.kind === 'log'
      ? explainer.lines(query, undefined, { start: nanoseconds(start), end: nanoseconds(end) })
      : explainer.metric(query)
  return { language: 'logql', query: text, root, warnings: [], infos: [] }
}

class LogqlExplainer {
  readonly #evaluator: LogEvaluator
  readonly #budget: Budget
  #parts = 0

  constructor(
    readonly source: LineSource,
    readonly text: string,
    readonly time: bigint,
    readonly limits: ExplainLimits,
  ) {
    this.#budget = new Budget(limits.limits)
    this.#evaluator = new LogEvaluator(source, { start: time, interval: 0n, count: 1 }, this.#budget)
  }

  metric(expression: MetricExpression): Part {
    countPart(++this.#parts, this.limits)
    const { from, to } = expression.range
    const written = ({ range }: MetricExpression) => this.text.slice(range.from, range.to)
    return {
      text: this.text.slice(from, to),
      from,
      to,
      about: describeMetric(expression, written),
      type: expression.kind === 'number' ? 'scalar' : 'instant vector',
      time: this.#seconds,
      ...attempt(() => this.#evaluate(expression)),
      operands: this.#operandsOf(expression),
      stages: [],
    }
  }

  /** Lines on their way through a pipeline. */
  lines(log: LogExpression, aggregation: RangeAggregation | undefined, period: Period): Part {
    this.#parts += 1 + log.stages.length
    countPart(this.#parts, this.limits)
    const stages = pipelineStages(this.source, this.text, log, aggregation?.unwrap, period, this.#budget)
    const from = stages[0]?.from ?? log.range.from
    const to = stages.at(-1)?.to ?? log.range.to
    return {
      text: this.text.slice(from, to),
      from,
      to,
      about: 'Sends each line through the stages, one after the other.',
      type: 'log lines',
      time: this.#seconds,
      result: null,
      error: null,
      operands: [],
      stages,
    }
  }

  get #seconds(): number {
    return Number(this.time / 1_000_000n) / 1000
  }

  #operandsOf(expression: MetricExpression): Part[] {
    switch (expression.kind) {
      case 'number':
      case 'vector':
        return []
      case 'rangeAggregation':
        return [this.lines(expression.log, expression, rangeOf(expression, this.time))]
      case 'vectorAggregation':
      case 'labelReplace':
        return [this.metric(expression.expression)]
      case 'binary':
        return [expression.left, expression.right]
          .filter(({ kind }) => kind !== 'number')
          .map((operand) => this.metric(operand))
    }
  }

  #evaluate(expression: MetricExpression): PartResult {
    const time = this.#seconds
    const point = (value: number): Point => [time, formatValue(value)]
    if (expression.kind === 'number')
      return { data: { resultType: 'scalar', result: point(expression.value) }, series: 1, samples: 1 }
    const present = this.#evaluator.evaluate(expression).filter((series) => series.present[0] === 1)
    const found = ordered(expression, present)
    const shown = found.slice(0, this.limits.series).map(({ labels, values }: StepSeries) => ({
      metric: labels.toRecord(),
      value: point(values[0] as number),
    }))
    return { data: { resultType: 'vector', result: shown }, series: found.length, samples: found.length }
  }
}

/** The lines that a range aggregation reads for a moment. */
function rangeOf({ interval, offset }: RangeAggregation, time: bigint): Period {
  return { start: time - offset - interval + 1n, end: time - offset + 1n }
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms)) * 1_000_000n
}
