import { quote } from '../quote.ts'
import { compareLabels, type Labels, noLabels } from '../series/labels.ts'
import type { SeriesSource } from '../series/series.ts'
import { Annotations } from './annotations.ts'
import { Budget, DEFAULT_LIMITS, type Limits } from './budget.ts'
import { documentedType, typeOf } from './check-types.ts'
import { type QueryTimes, withDurations } from './duration-expression.ts'
import { Evaluator } from './evaluate.ts'
import type { Expression } from './expression.ts'
import { parseExpression } from './parse.ts'
import { InvalidQuery, type StepSeries, type Steps, timeOf, type Value } from './value.ts'

/** What queries are answered with. */
export interface EngineOptions {
  /** For how long a sample is the value of its series, in milliseconds; 5 minutes, as in Prometheus. */
  readonly lookback: number
  /** The step of subqueries that have none, in milliseconds; 1 minute, as in Prometheus. */
  readonly defaultStep: number
  readonly limits: Limits
}

export const DEFAULT_OPTIONS: EngineOptions = { lookback: 300_000, defaultStep: 60_000, limits: DEFAULT_LIMITS }

/** Text, or an expression that was parsed from it. */
export type Query = string | { readonly text: string; readonly expression: Expression }

/** Milliseconds since 1970, and a value. */
export type Sample = readonly [time: number, value: number]

/** A series of a result; in an instant vector it has one sample. */
export interface ResultSeries {
  readonly labels: Labels
  readonly samples: readonly Sample[]
}

/** What a query gives, in the words of the HTTP API. */
export type Result =
  | { readonly type: 'scalar'; readonly sample: Sample }
  | { readonly type: 'string'; readonly time: number; readonly text: string }
  | { readonly type: 'vector'; readonly series: readonly ResultSeries[] }
  | { readonly type: 'matrix'; readonly series: readonly ResultSeries[] }

/** The result of a query, and what was remarked on it. */
export interface Answer {
  readonly result: Result
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

/** Answers PromQL queries as Prometheus 3 does: https://prometheus.io/docs/prometheus/latest/querying/basics/ */
export class Engine {
  readonly #options: EngineOptions

  constructor(
    readonly source: SeriesSource,
    options: Partial<EngineOptions> = {},
  ) {
    this.#options = { ...DEFAULT_OPTIONS, ...options }
  }

  /**
   * @param time milliseconds since 1970
   * @throws {ParseError | InvalidQuery | ExecutionError | QueryTimeout}
   */
  instant(query: Query, time: number): Answer {
    const { text, expression } = parsed(query, { step: 0, range: 0 })
    const steps: Steps = { start: time, interval: 0, count: 1 }
    const annotations = new Annotations(text)
    const value = this.#evaluator(annotations, time, time).evaluate(expression, steps)
    return answer(instantResult(value, time), annotations)
  }

  /**
   * @param start milliseconds since 1970
   * @param end included, if a whole number of steps leads there
   * @param step milliseconds
   * @throws {ParseError | InvalidQuery | ExecutionError | QueryTimeout}
   */
  range(query: Query, start: number, end: number, step: number): Answer {
    const { text, expression } = parsed(query, { step, range: end - start })
    const type = typeOf(expression)
    if (type !== 'scalar' && type !== 'vector')
      throw new InvalidQuery(
        `invalid expression type ${quote(documentedType(type))} for range query, must be Scalar or instant Vector`,
      )
    const steps: Steps = { start, interval: step, count: Math.floor((end - start) / step) + 1 }
    const annotations = new Annotations(text)
    const value = this.#evaluator(annotations, start, end).evaluate(expression, steps)
    return answer({ type: 'matrix', series: rangeResult(value, steps) }, annotations)
  }

  #evaluator(annotations: Annotations, start: number, end: number): Evaluator {
    const { lookback, defaultStep, limits } = this.#options
    const budget = new Budget(limits)
    return new Evaluator({ source: this.source, annotations, budget, lookback, defaultStep, start, end })
  }
}

function parsed(query: Query, times: QueryTimes): { readonly text: string; readonly expression: Expression } {
  const { text, expression } = typeof query === 'string' ? { text: query, expression: parseExpression(query) } : query
  return { text, expression: withDurations(expression, times) }
}

function answer(result: Result, { warnings, infos }: Annotations): Answer {
  return { result, warnings, infos }
}

/** The value of a single step as a result. @param time milliseconds since 1970 */
export function instantResult(value: Value, time: number): Result {
  switch (value.type) {
    case 'scalar':
      return { type: 'scalar', sample: [time, value.values[0] as number] }
    case 'string':
      return { type: 'string', time, text: value.text }
    case 'vector':
      return {
        type: 'vector',
        series: value.series
          .filter(({ present }) => present[0] === 1)
          .map(({ labels, values }) => ({ labels, samples: [[time, values[0] as number]] })),
      }
    case 'matrix':
      return {
        type: 'matrix',
        series: inOrder(
          value.series.map(({ labels, times, values }) => ({
            labels,
            samples: Array.from(times, (at, i): Sample => [at, values[i] as number]),
          })),
        ),
      }
  }
}

function rangeResult(value: Value, steps: Steps): ResultSeries[] {
  if (value.type === 'scalar') return rangeResult({ type: 'vector', series: [fromScalar(value.values)] }, steps)
  if (value.type !== 'vector') throw new Error(`a range query gave a ${value.type}`)
  return inOrder(
    value.series
      .map(({ labels, values, present }) => ({ labels, samples: presentSamples(values, present, steps) }))
      .filter(({ samples }) => samples.length > 0),
  )
}

function fromScalar(values: Float64Array): StepSeries {
  return { labels: noLabels, values, present: new Uint8Array(values.length).fill(1) }
}

function presentSamples(values: Float64Array, present: Uint8Array, steps: Steps): Sample[] {
  const samples: Sample[] = []
  for (let step = 0; step < steps.count; step++)
    if (present[step] === 1) samples.push([timeOf(steps, step), values[step] as number])
  return samples
}

function inOrder(series: ResultSeries[]): ResultSeries[] {
  return series.sort((a, b) => compareLabels(a.labels, b.labels))
}
