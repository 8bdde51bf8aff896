import type { LineSource } from '../lines/line.ts'
import { Budget, DEFAULT_LIMITS, type Limits } from '../promql/budget.ts'
import { ExecutionError, InvalidQuery, type StepSeries } from '../promql/value.ts'
import { compareLabels, compareText, type Labels } from '../series/labels.ts'
import { LogEvaluator, type LogSteps } from './evaluate.ts'
import type { LogExpression, LogQuery, MetricExpression } from './expression.ts'
import { parseLogQuery } from './parse.ts'
import { type FoundLine, findLines } from './pipeline.ts'

export type Direction = 'forward' | 'backward'

/** What a range query wants besides its text. All times are nanoseconds. */
export interface LogRange {
  readonly start: bigint
  /** Of lines excluded, of values included. */
  readonly end: bigint
  /** Between values; lines have none. */
  readonly step: bigint
  /** The time that must be between lines; 0 for all lines. */
  readonly interval: bigint
  readonly limit: number
  readonly direction: Direction
}

/** Nanoseconds since 1970, and a value. */
export type LogSample = readonly [time: bigint, value: number]

export interface LogResultSeries {
  readonly labels: Labels
  readonly samples: readonly LogSample[]
}

/** Lines with the same labels. */
export interface LogResultStream {
  readonly labels: ReadonlyMap<string, string>
  readonly lines: readonly (readonly [time: bigint, text: string])[]
}

export type LogResult =
  | { readonly type: 'streams'; readonly streams: readonly LogResultStream[] }
  | { readonly type: 'scalar'; readonly sample: LogSample }
  | { readonly type: 'vector' | 'matrix'; readonly series: readonly LogResultSeries[] }

/** How many series a query may give, as in Loki's defaults. */
const MOST_SERIES = 500

/** Text, or a query that was parsed from it. */
export type LogText = string | LogQuery

/** Answers LogQL queries as Loki 3 does: https://grafana.com/docs/loki/latest/query/ */
export class LogEngine {
  constructor(
    readonly source: LineSource,
    readonly limits: Limits = DEFAULT_LIMITS,
  ) {}

  /** @throws {LogParseError | Unsupported | InvalidQuery | ExecutionError | QueryTimeout} */
  instant(query: LogText, time: bigint): LogResult {
    const expression = parsed(query)
    if (expression.kind === 'log')
      throw new InvalidQuery(
        'log queries are not supported as an instant query type, please change your query to a range query type',
      )
    if (expression.kind === 'number') return { type: 'scalar', sample: [time, expression.value] }
    const steps: LogSteps = { start: time, interval: 0n, count: 1 }
    const series = this.#evaluate(expression, steps)
    const found = series
      .filter(({ present }) => present[0] === 1)
      .map(({ labels, values }): LogResultSeries => ({ labels, samples: [[time, values[0] as number]] }))
    return { type: 'vector', series: ordered(expression, found) }
  }

  /** @throws {LogParseError | Unsupported | ExecutionError | QueryTimeout} */
  range(query: LogText, range: LogRange): LogResult {
    const expression = parsed(query)
    if (expression.kind === 'log') return { type: 'streams', streams: this.#lines(expression, range) }
    const { start, end, step } = range
    const steps: LogSteps = { start, interval: step, count: Number((end - start) / step) + 1 }
    const series = this.#evaluate(expression, steps)
      .map((one) => ({ labels: one.labels, samples: samplesOf(one, steps) }))
      .filter(({ samples }) => samples.length > 0)
    return { type: 'matrix', series: inOrder(series) }
  }

  #evaluate(expression: MetricExpression, steps: LogSteps): readonly StepSeries[] {
    const series = new LogEvaluator(this.source, steps, new Budget(this.limits)).evaluate(expression)
    if (series.length > MOST_SERIES)
      throw new ExecutionError(
        `maximum number of series (${MOST_SERIES}) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()`,
      )
    return series
  }

  #lines(expression: LogExpression, { start, end, limit, interval, direction }: LogRange): LogResultStream[] {
    const found = findLines(this.source, expression, { start, end }, new Budget(this.limits))
    const sign = direction === 'forward' ? 1 : -1
    found.sort((a, b) => (a.time < b.time ? -sign : a.time > b.time ? sign : 0))
    return byLabels(spaced(found.slice(0, limit), interval))
  }
}

function parsed(query: LogText): LogQuery {
  return typeof query === 'string' ? parseLogQuery(query) : query
}

/** Loki takes so many lines as the limit says, and of those the ones that are far enough apart. */
function spaced(lines: readonly FoundLine[], interval: bigint): readonly FoundLine[] {
  if (interval <= 0n) return lines
  let last: bigint | undefined
  return lines.filter(({ time }) => {
    const distance = last === undefined ? interval : time > last ? time - last : last - time
    if (distance < interval) return false
    last = time
    return true
  })
}

function byLabels(lines: readonly FoundLine[]): LogResultStream[] {
  const streams = new Map<string, { labels: ReadonlyMap<string, string>; lines: [bigint, string][] }>()
  for (const { time, text, labels } of lines) {
    const key = JSON.stringify([...labels].sort(([a], [b]) => compareText(a, b)))
    const stream = streams.get(key) ?? { labels, lines: [] }
    streams.set(key, stream)
    stream.lines.push([time, text])
  }
  return [...streams].sort(([a], [b]) => compareText(a, b)).map(([, stream]) => stream)
}

function samplesOf({ values, present }: StepSeries, { start, interval, count }: LogSteps): LogSample[] {
  const samples: LogSample[] = []
  for (let step = 0; step < count; step++)
    if (present[step] === 1) samples.push([start + interval * BigInt(step), values[step] as number])
  return samples
}

/** The series of an instant vector in the order that the query gives them, or else by their labels. */
export function ordered<T extends { readonly labels: Labels }>(
  expression: MetricExpression,
  series: readonly T[],
): readonly T[] {
  return isSorted(expression) ? series : inOrder(series)
}

function inOrder<T extends { readonly labels: Labels }>(series: readonly T[]): readonly T[] {
  return [...series].sort((a, b) => compareLabels(a.labels, b.labels))
}

/** Whether the query gives its series an order. */
function isSorted(expression: MetricExpression): boolean {
  switch (expression.kind) {
    case 'vectorAggregation':
      return expression.operation.startsWith('sort') || isSorted(expression.expression)
    case 'binary':
      return isSorted(expression.left) || isSorted(expression.right)
    case 'labelReplace':
      return isSorted(expression.expression)
    default:
      return false
  }
}
