/**
 * Expressions to values. Each node is evaluated once for all steps of a query, so that a range query costs one pass
 * over the samples of each series.
 */
import { type Labels, noLabels } from '../series/labels.ts'
import type { SampledSeries } from '../series/series.ts'
import { absentLabels } from './absent-labels.ts'
import { aggregate } from './aggregations.ts'
import type { Annotations } from './annotations.ts'
import { scalarOperation } from './arithmetic.ts'
import { mapped, merged, presence, SAME_LABELS } from './collect.ts'
import { dateFunctions } from './date-functions.ts'
import {
  type Aggregation,
  type Binary,
  type Call,
  type Expression,
  isSetOperator,
  type MatrixSelector,
  type StringLiteral,
  type Subquery,
  type TextRange,
  type Unary,
  withoutParentheses,
} from './expression.ts'
import { histogramFraction, histogramQuantile } from './histogram-functions.ts'
import { labelJoin, labelReplace } from './label-functions.ts'
import { clamp, mathFunctions, round } from './math-functions.ts'
import { type RangeFunction, rangeFunctions, SampleWindow } from './range-functions.ts'
import { firstAfter, SampleSelection, type SelectionContext } from './sample-selection.ts'
import { isConstant } from './step-invariant.ts'
import { ExecutionError, emptySeries, type StepSeries, type Steps, timeOf, type Value } from './value.ts'
import { combine, combineSets } from './vector-matching.ts'
import { withScalar } from './vector-scalar.ts'

/** What holds for all of a query. */
export interface QueryContext extends SelectionContext {
  readonly annotations: Annotations
  /** Of subqueries without a step, in milliseconds. */
  readonly defaultStep: number
}

/** Samples of some series, and the window of each step in them. */
interface Range {
  readonly series: readonly SampledSeries[]
  /** Milliseconds. */
  readonly duration: number
  /** The window's end at a step, in milliseconds. */
  readonly end: (step: number) => number
}

const NON_COUNTER = /(?:_total|_sum|_count|_bucket)$/

/** Evaluates the expressions of one query. */
export class Evaluator {
  readonly #context: QueryContext
  readonly #samplesOf: SampleSelection

  constructor(context: QueryContext) {
    this.#context = context
    this.#samplesOf = new SampleSelection(context)
  }

  /**
   * The value of an expression, or of any part of one, at all steps. Range vectors have a value at a single step only.
   *
   * @throws {ExecutionError | QueryTimeout}
   */
  evaluate(expression: Expression, steps: Steps): Value {
    this.#context.budget.checkTime()
    if (steps.count > 1 && isConstant(expression)) return this.#repeated(expression, steps)
    switch (expression.kind) {
      case 'number':
        return this.#constant(expression.value, steps)
      case 'string':
        return { type: 'string', text: expression.value }
      case 'parentheses':
        return this.evaluate(expression.expression, steps)
      case 'vectorSelector':
        return vector(this.#samplesOf.values(expression, steps))
      case 'matrixSelector':
      case 'subquery':
        return this.#samples(expression, steps)
      case 'call':
        return this.#call(expression, steps)
      case 'aggregation':
        return vector(this.#aggregation(expression, steps))
      case 'binary':
        return this.#binary(expression, steps)
      case 'unary':
        return this.#unary(expression, steps)
    }
  }

  /** For what has the same value at each step: evaluated once. */
  #repeated(expression: Expression, steps: Steps): Value {
    const value = this.evaluate(expression, { ...steps, count: 1 })
    if (value.type === 'scalar') return this.#constant(value.values[0] as number, steps)
    if (value.type !== 'vector') return value
    this.#context.budget.spend(value.series.length * steps.count)
    return vector(
      value.series
        .filter(({ present }) => present[0] === 1)
        .map(({ labels, values }) => ({
          labels,
          values: new Float64Array(steps.count).fill(values[0] as number),
          present: new Uint8Array(steps.count).fill(1),
        })),
    )
  }

  #constant(value: number, steps: Steps): Value {
    return this.#perStep(steps, () => value)
  }

  #perStep(steps: Steps, compute: (step: number) => number): { type: 'scalar'; values: Float64Array } {
    this.#context.budget.spend(steps.count)
    return { type: 'scalar', values: Float64Array.from({ length: steps.count }, (_, step) => compute(step)) }
  }

  #vector(expression: Expression, steps: Steps): readonly StepSeries[] {
    const value = this.evaluate(expression, steps)
    if (value.type !== 'vector') throw new Error(`a vector was expected, not a ${value.type}`)
    return value.series
  }

  #scalar(expression: Expression, steps: Steps): Float64Array {
    const value = this.evaluate(expression, steps)
    if (value.type !== 'scalar') throw new Error(`a scalar was expected, not a ${value.type}`)
    return value.values
  }

  // Ranges

  #range(expression: MatrixSelector | Subquery, steps: Steps): Range {
    if (expression.kind === 'subquery') return this.#subquery(expression, steps)
    const { selector, duration } = expression
    const end = this.#samplesOf.moment(selector.at, selector.offset, steps)
    return { series: this.#samplesOf.select(selector), duration, end }
  }

  /** Evaluates the inner expression at multiples of its step, and takes the results for samples. */
  #subquery(subquery: Subquery, steps: Steps): Range {
    const { duration, expression } = subquery
    const interval = subquery.step ?? this.#context.defaultStep
    const end = this.#samplesOf.moment(subquery.at, subquery.offset, steps)
    const earliest = end(0) - duration
    let start = interval * Math.trunc(earliest / interval)
    if (start <= earliest) start += interval
    const count = Math.floor((end(steps.count - 1) - start) / interval) + 1
    if (count < 1) return { series: [], duration, end }
    this.#context.budget.spend(count)
    const inner = this.#vector(expression, { start, interval, count })
    const times = Float64Array.from({ length: count }, (_, i) => start + i * interval)
    return { series: inner.map((series) => toSamples(series, times)), duration, end }
  }

  /** The samples themselves. */
  #samples(expression: MatrixSelector | Subquery, steps: Steps): Value {
    if (steps.count > 1) throw new Error('a range vector has no value at several steps')
    const { series, duration, end } = this.#range(expression, steps)
    const to = end(0)
    const cut = series.map(({ labels, times, values }) => {
      const first = firstAfter(times, to - duration)
      const last = firstAfter(times, to)
      this.#context.budget.spend(last - first)
      return { labels, times: times.subarray(first, last), values: values.subarray(first, last) }
    })
    return { type: 'matrix', series: cut.filter(({ times }) => times.length > 0) }
  }

  // Functions

  #call(call: Call, steps: Steps): Value {
    const { name } = call
    const args = call.args.map(withoutParentheses)
    const [first, second, third] = args as [Expression, Expression, Expression]
    const rangeFunction = rangeFunctions[name]
    if (rangeFunction !== undefined) return vector(this.#rangeCall(call, args, rangeFunction, steps))
    const mathFunction = mathFunctions[name]
    if (mathFunction !== undefined) return vector(mapped(this.#vector(first, steps), withoutName, mathFunction))
    const dateFunction = dateFunctions[name]
    if (dateFunction !== undefined) return vector(this.#date(dateFunction, first, steps))

    const { annotations } = this.#context
    switch (name) {
      case 'time':
        return this.#perStep(steps, (step) => timeOf(steps, step) / 1000)
      case 'pi':
        return this.#constant(Math.PI, steps)
      case 'scalar':
        return this.#onlyValue(this.#vector(first, steps), steps)
      case 'vector':
        return vector([unlabelled(this.#scalar(first, steps))])
      case 'round':
        return vector(this.#round(first, second, steps))
      case 'clamp':
        return vector(this.#clamp(first, this.#scalar(second, steps), this.#scalar(third, steps), steps))
      case 'clamp_min':
        return vector(this.#clamp(first, this.#scalar(second, steps), repeat(Number.POSITIVE_INFINITY, steps), steps))
      case 'clamp_max':
        return vector(this.#clamp(first, repeat(Number.NEGATIVE_INFINITY, steps), this.#scalar(second, steps), steps))
      case 'timestamp':
        return vector(this.#timestamp(first, steps))
      case 'absent':
        return vector(this.#absent(first, presence(this.#vector(first, steps), steps)))
      case 'sort':
      case 'sort_desc': {
        const series = this.#vector(first, steps)
        if (steps.count > 1) annotations.sortInRangeQuery(call.range)
        return vector(sorted(series, name === 'sort'))
      }
      case 'label_replace':
        return vector(
          labelReplace(this.#vector(first, steps), args.slice(1).map(textOf) as [string, string, string, string]),
        )
      case 'label_join': {
        const [destination, separator, ...sources] = args.slice(1).map(textOf) as [string, string, ...string[]]
        return vector(labelJoin(this.#vector(first, steps), destination, separator, sources))
      }
      case 'histogram_quantile':
        return vector(
          histogramQuantile(steps, this.#scalar(first, steps), this.#vector(second, steps), annotations, [
            first.range,
            second.range,
          ]),
        )
      case 'histogram_fraction': {
        const bounds = [this.#scalar(first, steps), this.#scalar(second, steps)] as const
        return vector(histogramFraction(steps, bounds, this.#vector(third, steps), annotations, third.range))
      }
      default:
        throw new Error(`the function ${name} has a signature, but is not implemented`)
    }
  }

  #rangeCall(call: Call, args: readonly Expression[], compute: RangeFunction, steps: Steps): StepSeries[] {
    const rangeArg = args.find((arg) => arg.kind === 'matrixSelector' || arg.kind === 'subquery')
    if (rangeArg?.kind !== 'matrixSelector' && rangeArg?.kind !== 'subquery')
      throw new Error(`${call.name} has no range vector`)
    const scalars = args.filter((arg) => arg !== rangeArg).map((arg) => this.#scalar(arg, steps))
    const range = this.#range(rangeArg, steps)
    // Prometheus gives nothing here.
    if (call.name === 'predict_linear' && rangeArg.kind === 'subquery' && rangeArg.at !== undefined) return []
    const { budget, annotations } = this.#context
    const window = new SampleWindow()
    const found: StepSeries[] = []
    for (const series of range.series) {
      budget.checkTime()
      const result = this.#windows(series, range, window, scalars, compute, steps)
      if (result === undefined) continue
      found.push(result)
      const name = series.labels.get('__name__')
      if ((call.name === 'rate' || call.name === 'increase') && name !== '' && !NON_COUNTER.test(name))
        annotations.possiblyNoCounter(name, rangeArg.range)
    }
    if (call.name === 'quantile_over_time' && range.series.length > 0) this.#checkQuantiles(scalars[0], args[0]?.range)
    if (call.name === 'absent_over_time') return this.#absent(rangeArg, presence(found, steps))
    if (compute.keepsName !== true && merged(found).length < found.length) throw new ExecutionError(SAME_LABELS)
    return found
  }

  /** The function's result for each window of a series; undefined when there is none. */
  #windows(
    series: SampledSeries,
    { duration, end }: Range,
    window: SampleWindow,
    scalars: readonly Float64Array[],
    { minimum, keepsName, compute }: RangeFunction,
    steps: Steps,
  ): StepSeries | undefined {
    const { times } = series
    this.#context.budget.spend(steps.count)
    const result = emptySeries(keepsName === true ? series.labels : series.labels.withoutName(), steps)
    window.open(series)
    window.end = firstAfter(times, end(0))
    window.first = firstAfter(times, end(0) - duration)
    let count = 0
    for (let step = 0; step < steps.count; step++) {
      window.to = end(step)
      window.from = window.to - duration
      while (window.end < times.length && (times[window.end] as number) <= window.to) window.end++
      while (window.first < window.end && (times[window.first] as number) <= window.from) window.first++
      if (window.end - window.first < minimum) continue
      window.time = timeOf(steps, step)
      for (let i = 0; i < scalars.length; i++) window.scalars[i] = scalars[i]?.[step] as number
      result.values[step] = compute(window)
      result.present[step] = 1
      count++
    }
    return count > 0 ? result : undefined
  }

  #checkQuantiles(quantiles: Float64Array | undefined, range: TextRange | undefined): void {
    if (quantiles === undefined || range === undefined) return
    for (const q of new Set(quantiles)) if (!(q >= 0 && q <= 1)) this.#context.annotations.invalidQuantile(q, range)
  }

  #date(compute: (seconds: number) => number, argument: Expression | undefined, steps: Steps): StepSeries[] {
    if (argument !== undefined) return mapped(this.#vector(argument, steps), withoutName, compute)
    return [unlabelled(this.#perStep(steps, (step) => compute(Math.trunc(timeOf(steps, step) / 1000))).values)]
  }

  #round(argument: Expression, nearest: Expression | undefined, steps: Steps): StepSeries[] {
    const toNearest = nearest === undefined ? repeat(1, steps) : this.#scalar(nearest, steps)
    return mapped(this.#vector(argument, steps), withoutName, (value, step) => round(value, toNearest[step] as number))
  }

  #clamp(argument: Expression, least: Float64Array, most: Float64Array, steps: Steps): StepSeries[] {
    const inverted = least.map((bound, step) => ((most[step] as number) < bound ? 1 : 0))
    const series = this.#vector(argument, steps).map((one) => ({
      ...one,
      present: one.present.map((present, step) => (inverted[step] === 1 ? 0 : present)),
    }))
    return mapped(series, withoutName, (value, step) => clamp(value, least[step] as number, most[step] as number))
  }

  /** Of a selector, when its samples were taken; of all else, the time of the step. */
  #timestamp(argument: Expression, steps: Steps): StepSeries[] {
    if (argument.kind === 'vectorSelector')
      return mapped(this.#samplesOf.times(argument, steps), withoutName, (time) => time / 1000)
    return mapped(this.#vector(argument, steps), withoutName, (_, step) => timeOf(steps, step) / 1000)
  }

  /** 1 where nothing is present, with the labels that the selector asks for. */
  #absent(argument: Expression, present: Uint8Array): StepSeries[] {
    const absent = present.map((value) => 1 - value)
    if (!absent.includes(1)) return []
    return [{ labels: absentLabels(argument), values: Float64Array.from(absent), present: absent }]
  }

  #onlyValue(series: readonly StepSeries[], steps: Steps): Value {
    return this.#perStep(steps, (step) => {
      const present = series.filter((one) => one.present[step] === 1)
      return present.length === 1 ? (present[0]?.values[step] as number) : Number.NaN
    })
  }

  // Operators

  #aggregation(aggregation: Aggregation, steps: Steps): StepSeries[] {
    const parameter = aggregation.parameter && withoutParentheses(aggregation.parameter)
    const evaluated =
      parameter === undefined || parameter.kind === 'string' ? parameter?.value : this.#scalar(parameter, steps)
    const series = this.#vector(aggregation.expression, steps)
    return aggregate(steps, aggregation, series, evaluated, this.#context.annotations)
  }

  #binary(binary: Binary, steps: Steps): Value {
    const { operator, matching } = binary
    const left = this.evaluate(binary.left, steps)
    const right = this.evaluate(binary.right, steps)
    this.#context.budget.checkTime()
    if (left.type === 'scalar' && right.type === 'scalar') {
      const compute = scalarOperation(operator)
      return this.#perStep(steps, (step) => compute(left.values[step] as number, right.values[step] as number))
    }
    if (left.type === 'vector' && right.type === 'vector')
      return vector(
        isSetOperator(operator)
          ? combineSets(steps, operator, matching, left.series, right.series)
          : combine(steps, binary, left.series, right.series),
      )
    if (left.type === 'vector' && right.type === 'scalar') return vector(withScalar(binary, left.series, right.values))
    if (left.type === 'scalar' && right.type === 'vector') return vector(withScalar(binary, right.series, left.values))
    throw new Error(`the operator ${operator} has operands of the wrong types`)
  }

  #unary({ operator, expression }: Unary, steps: Steps): Value {
    const value = this.evaluate(expression, steps)
    if (operator === '+') return value
    if (value.type === 'scalar') return { type: 'scalar', values: value.values.map((number) => -number) }
    if (value.type !== 'vector') throw new Error(`the operator - has a ${value.type}`)
    return vector(mapped(value.series, withoutName, (number) => -number))
  }
}

function vector(series: readonly StepSeries[]): Value {
  return { type: 'vector', series }
}

function withoutName(labels: Labels): Labels {
  return labels.withoutName()
}

function unlabelled(values: Float64Array): StepSeries {
  return { labels: noLabels, values, present: new Uint8Array(values.length).fill(1) }
}

function repeat(value: number, steps: Steps): Float64Array {
  return new Float64Array(steps.count).fill(value)
}

function textOf(expression: Expression): string {
  return (expression as StringLiteral).value
}

function toSamples({ labels, values, present }: StepSeries, times: Float64Array): SampledSeries {
  if (!present.includes(0)) return { labels, times, values }
  const kept = times.map((_, i) => i).filter((i) => present[i] === 1)
  return { labels, times: kept.map((i) => times[i] as number), values: kept.map((i) => values[i] as number) }
}

/** By the value of the only step; NaN comes last. In range queries series are in the order of their labels. */
function sorted(series: readonly StepSeries[], ascending: boolean): readonly StepSeries[] {
  return [...series].sort(({ values: [a = Number.NaN] }, { values: [b = Number.NaN] }) => {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
    return ascending ? a - b : b - a
  })
}
