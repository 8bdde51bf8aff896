/** Metric queries to values. What is the same in PromQL is evaluated as there. */
import type { LineSource } from '../lines/line.ts'
import { aggregate } from '../promql/aggregations.ts'
import { Annotations } from '../promql/annotations.ts'
import { comparison, scalarOperation } from '../promql/arithmetic.ts'
import type { Budget } from '../promql/budget.ts'
import { mapped, presence } from '../promql/collect.ts'
import { type Aggregation, type Binary, isComparison, isSetOperator, type NumberLiteral } from '../promql/expression.ts'
import { labelReplace } from '../promql/label-functions.ts'
import { ExecutionError, emptySeries, type StepSeries, type Steps } from '../promql/value.ts'
import { combine, combineSets } from '../promql/vector-matching.ts'
import { Labels, noLabels } from '../series/labels.ts'
import type { Matcher } from '../series/matcher.ts'
import type {
  Grouping,
  LabelReplace,
  LogBinary,
  LogExpression,
  MetricExpression,
  RangeAggregation,
  VectorAggregation,
} from './expression.ts'
import { extractSeries, hasUnwantedError, type LineSeries } from './pipeline.ts'
import { rangeFunction } from './range-operations.ts'

/** The moments for which a query is evaluated, in nanoseconds. */
export interface LogSteps {
  readonly start: bigint
  readonly interval: bigint
  readonly count: number
}

/** A `sum` of these needs only the labels by which it groups, so that no others are extracted. */
const ADDITIVE = new Set(['bytes_over_time', 'bytes_rate', 'sum_over_time', 'rate', 'count_over_time'])

export class LogEvaluator {
  /** What functions that are shared with PromQL look at: how many steps there are. */
  readonly #steps: Steps

  constructor(
    readonly source: LineSource,
    readonly steps: LogSteps,
    readonly budget: Budget,
  ) {
    this.#steps = {
      start: Number(steps.start / 1_000_000n),
      interval: Number(steps.interval) / 1e6,
      count: steps.count,
    }
  }

  /** @throws {ExecutionError | QueryTimeout} */
  evaluate(expression: MetricExpression): readonly StepSeries[] {
    this.budget.checkTime()
    switch (expression.kind) {
      case 'number':
      case 'vector':
        return [this.#constant(expression.value)]
      case 'rangeAggregation':
        return this.#rangeAggregation(expression, undefined)
      case 'vectorAggregation':
        return this.#vectorAggregation(expression)
      case 'binary':
        return this.#binary(expression)
      case 'labelReplace':
        return this.#labelReplace(expression)
    }
  }

  #constant(value: number): StepSeries {
    const { count } = this.#steps
    return { labels: noLabels, values: new Float64Array(count).fill(value), present: new Uint8Array(count).fill(1) }
  }

  #rangeAggregation(aggregation: RangeAggregation, override: Grouping | undefined): StepSeries[] {
    const { start, interval, count } = this.steps
    const { offset, interval: range } = aggregation
    const period = { start: start - range - offset, end: start + interval * BigInt(count - 1) - offset }
    const series = extractSeries(this.source, aggregation, override, period, this.budget)
    const failed = series.find(({ labels }) => hasUnwantedError(labels))
    if (failed !== undefined) throw pipelineError(failed.labels)
    const result = series.map((one) => this.#overRange(one, aggregation))
    return aggregation.operation === 'absent_over_time' ? [this.#absent(result, aggregation.log)] : result
  }

  /** At each step, what comes of the values between `step - range`, excluded, and `step`. */
  #overRange({ labels, times, values }: LineSeries, aggregation: RangeAggregation): StepSeries {
    const result = emptySeries(labels, this.#steps)
    const compute = rangeFunction(aggregation)
    const seconds = Number(aggregation.interval) / 1e9
    let from = 0
    let to = 0
    for (let step = 0; step < this.steps.count; step++) {
      const end = this.steps.start + this.steps.interval * BigInt(step) - aggregation.offset
      while (to < times.length && (times[to] as bigint) <= end) to++
      while (from < to && (times[from] as bigint) <= end - aggregation.interval) from++
      if (from === to) continue
      this.budget.spend(to - from)
      result.values[step] = compute(values.slice(from, to), times.slice(from, to), seconds)
      result.present[step] = 1
    }
    this.budget.checkTime()
    return result
  }

  #absent(series: readonly StepSeries[], log: LogExpression): StepSeries {
    const result = { ...this.#constant(1), labels: absentLabels(log.matchers) }
    presence(series, this.#steps).forEach((present, step) => {
      if (present === 1) result.present[step] = 0
    })
    return result
  }

  #vectorAggregation(aggregation: VectorAggregation): readonly StepSeries[] {
    const { operation, expression, grouping } = aggregation
    const canPush = operation === 'sum' && expression.kind === 'rangeAggregation' && ADDITIVE.has(expression.operation)
    const series = canPush ? this.#rangeAggregation(expression, grouping) : this.evaluate(expression)
    if (operation === 'sort' || operation === 'sort_desc') return sorted(series, operation === 'sort')
    const parameter = aggregation.parameter
    return aggregate(
      this.#steps,
      toAggregation(operation, grouping),
      series,
      parameter === undefined ? undefined : new Float64Array(this.#steps.count).fill(parameter),
      new Annotations(''),
    )
  }

  #binary(binary: LogBinary): readonly StepSeries[] {
    const { operator, left, right, matching } = binary
    if (left.kind === 'number') return withNumber(binary, this.evaluate(right), left.value, true)
    if (right.kind === 'number') return withNumber(binary, this.evaluate(left), right.value, false)
    const [a, b] = [this.evaluate(left), this.evaluate(right)]
    if (isSetOperator(operator)) return combineSets(this.#steps, operator, matching, a, b)
    try {
      return combine(this.#steps, toBinary(binary), a, isDivision(operator) ? withoutZeros(b) : b)
    } catch (error) {
      throw error instanceof ExecutionError ? new ExecutionError(withoutSeries(error.message)) : error
    }
  }

  #labelReplace({ expression, texts }: LabelReplace): readonly StepSeries[] {
    return labelReplace(this.evaluate(expression), texts)
  }
}

function pipelineError(labels: Labels): ExecutionError {
  const error = labels.get('__error__')
  return new ExecutionError(
    `pipeline error: '${error}' for series: '${labels}'.\n` +
      `Use a label filter to intentionally skip this error. (e.g | __error__!="${error}").\n` +
      'To skip all potential errors you can match empty errors.(e.g __error__="")\n' +
      'The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n',
  )
}

/** Those of `=`, unless another matcher is on the same label. */
function absentLabels(matchers: readonly Matcher[]): Labels {
  const found = new Map<string, string>()
  const seen = new Set<string>()
  for (const { name, operator, value } of matchers) {
    if (operator === '=' && !seen.has(name)) found.set(name, value)
    else found.delete(name)
    seen.add(name)
  }
  return Labels.from(found)
}

function isDivision(operator: string): boolean {
  return operator === '/' || operator === '%'
}

/** Division by zero is NaN in Loki. */
function withoutZeros(series: readonly StepSeries[]): StepSeries[] {
  return series.map((one) => ({ ...one, values: one.values.map((value) => (value === 0 ? Number.NaN : value)) }))
}

function withNumber(binary: LogBinary, series: readonly StepSeries[], number: number, isLeft: boolean): StepSeries[] {
  const { operator, returnBool } = binary
  const divisor = isDivision(operator) && !isLeft && number === 0 ? Number.NaN : number
  const operands = isDivision(operator) && isLeft ? withoutZeros(series) : series
  if (!isComparison(operator) || returnBool) {
    const compute = scalarOperation(operator as Binary['operator'])
    return mapped(
      operands,
      (labels) => labels,
      (value) => (isLeft ? compute(divisor, value) : compute(value, divisor)),
    )
  }
  const holds = comparison(operator)
  return series.map((one) => ({
    ...one,
    present: one.present.map((present, step) => {
      const value = one.values[step] as number
      return present === 1 && (isLeft ? holds(number, value) : holds(value, number)) ? 1 : 0
    }),
  }))
}

function sorted(series: readonly StepSeries[], ascending: boolean): StepSeries[] {
  const value = ({ values }: StepSeries) => values[0] as number
  const isBehind = (a: number, b: number) => Number.isNaN(a) || (ascending ? a > b : a < b)
  return [...series].sort((a, b) => (isBehind(value(a), value(b)) ? 1 : isBehind(value(b), value(a)) ? -1 : 0))
}

/** The operands have been evaluated, so that none is looked at. */
const EVALUATED: NumberLiteral = { kind: 'number', value: 0, isDuration: false, range: { from: 0, to: 0 } }

function toBinary({ operator, matching, returnBool, range }: LogBinary): Binary {
  return { kind: 'binary', operator, matching, returnBool, range, left: EVALUATED, right: EVALUATED }
}

function toAggregation(
  operator: Exclude<VectorAggregation['operation'], 'sort' | 'sort_desc'>,
  grouping: Grouping,
): Aggregation {
  return {
    kind: 'aggregation',
    operator,
    grouping: grouping.labels,
    without: grouping.without,
    expression: EVALUATED,
    parameter: EVALUATED,
    range: EVALUATED.range,
  }
}

/** Loki does not name the series that match more than once. */
function withoutSeries(message: string): string {
  return message.replace(
    /^found duplicate series for the match group .* on the (left|right) hand-side of the operation: .*;many-to-many/s,
    'found duplicate series on the $1 hand-side;many-to-many',
  )
}
