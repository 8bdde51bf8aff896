import {
  type Aggregation,
  type Call,
  type Expression,
  isSetOperator,
  type MatrixSelector,
  operandsOf,
  type VectorSelector,
  withoutParentheses,
} from '../../../query/promql/expression.ts'
import type { Mistake } from './mistake.ts'

type PromqlMistake = Mistake<Expression>

const RATES = ['rate', 'increase', 'irate']
const COUNTER = /_(total|count|sum|bucket)$/

/** An expression and all that it is made of. */
export function* nodesOf(expression: Expression): Generator<Expression> {
  yield expression
  for (const operand of operandsOf(expression)) yield* nodesOf(operand)
}

/** All calls of functions with one of these names. */
export function callsOf(expression: Expression, names: readonly string[]): Call[] {
  return [...nodesOf(expression)].filter((node) => node.kind === 'call').filter(({ name }) => names.includes(name))
}

/** All aggregations by one of these operators. */
export function aggregationsOf(expression: Expression, operators: readonly string[]): Aggregation[] {
  return [...nodesOf(expression)]
    .filter((node) => node.kind === 'aggregation')
    .filter(({ operator }) => operators.includes(operator))
}

/** All selectors, of ranges as well. */
export function selectorsOf(expression: Expression): VectorSelector[] {
  return [...nodesOf(expression)].filter((node) => node.kind === 'vectorSelector')
}

/** All selectors of ranges. */
export function rangesOf(expression: Expression): MatrixSelector[] {
  return [...nodesOf(expression)].filter((node) => node.kind === 'matrixSelector')
}

function has(found: Iterable<unknown>): boolean {
  return !([...found].length === 0)
}

/** `rate(sum(…)[5m:])` */
export const sumBeforeRate: PromqlMistake = {
  isIn: ({ query }) => callsOf(query, RATES).some((call) => has(aggregationsOf(call, ['sum', 'avg', 'max', 'min']))),
  look: 'the order of sum and rate: a counter falls to 0 when its process restarts, which rate sees in one series, and can no longer see in a sum of series',
}

/** `sum(http_server_request_count_total)` */
export const noRate: PromqlMistake = {
  isIn: ({ query }) =>
    selectorsOf(query).some(({ name }) => COUNTER.test(name)) && !has(rangesOf(query)) && !has(callsOf(query, RATES)),
  look: 'the value of a counter: it tells how much there has been since the process started, not how much there is now',
}

export const irate: PromqlMistake = {
  isIn: ({ query }) => has(callsOf(query, ['irate'])),
  look: 'irate: it looks at the last two scrapes only, however long the range is',
}

/** `increase(…[5m])` where a rate per second is asked for. */
export const increaseForRate: PromqlMistake = {
  isIn: ({ query, difference }) => has(callsOf(query, ['increase'])) && (difference?.factor ?? 1) > 5,
  look: 'the unit: increase tells how many there were in the whole range, and the task asks for how many per second',
}

/** Ranges in which there are too few scrapes. */
export const shortRange: PromqlMistake = {
  isIn: ({ query }) => rangesOf(query).some(({ duration }) => duration <= 60_000),
  look: 'the range: rate needs at least two scrapes, which are 15 seconds apart, and in a short range a missed one leaves nothing',
}

/** @param minutes what the task asks for */
export function otherRange(minutes: number): PromqlMistake {
  return {
    isIn: ({ query }) => rangesOf(query).some(({ duration }) => duration !== minutes * 60_000),
    look: `the range: the task asks for the last ${minutes} minutes`,
  }
}

/** Numbers that were copied from the shown data. */
export const numbersFromData: PromqlMistake = {
  isIn: ({ query }) => !has(selectorsOf(query)),
  look: 'where your number comes from: the query is asked about other data as well, and only samples tell what is in those',
}

/** `avg(histogram_quantile(…))` */
export const averagedQuantiles: PromqlMistake = {
  isIn: ({ query }) =>
    aggregationsOf(query, ['avg', 'sum', 'max', 'min', 'quantile']).some((one) =>
      has(callsOf(one.expression, ['histogram_quantile'])),
    ),
  look: 'what is put together: percentiles cannot be averaged, because a server with ten requests would count as much as one with a thousand; counts of requests can be added',
}

export const quantileWithoutLe: PromqlMistake = {
  isIn: ({ query }) =>
    callsOf(query, ['histogram_quantile']).some(({ args: [, buckets] }) =>
      aggregationsOf(buckets as Expression, ['sum', 'avg']).some(
        ({ grouping, without }) => grouping.includes('le') === without,
      ),
    ),
  look: 'the labels that your sum keeps: a bucket is told by its label le, and without it histogram_quantile sees no buckets',
}

/** `quantile(0.95, …)` over sums, counts or rates of series. */
export const quantileOfSeries: PromqlMistake = {
  isIn: ({ query }) => has(aggregationsOf(query, ['quantile'])) || has(callsOf(query, ['quantile_over_time'])),
  look: 'what the percentile is of: quantile sorts series, or moments, and the task asks about requests, which only the buckets count',
}

export const quantileWithoutBuckets: PromqlMistake = {
  isIn: ({ query }) =>
    callsOf(query, ['histogram_quantile']).some((call) =>
      selectorsOf(call).every(({ name }) => !name.endsWith('_bucket')),
    ),
  look: 'the metric: how many requests took how long is in the series of the histogram that have a label le, those with _bucket',
}

/** `_sum / _count` */
export const averageDuration: PromqlMistake = {
  isIn: ({ query }) => {
    const names = selectorsOf(query).map(({ name }) => name)
    return names.some((name) => name.endsWith('_sum')) && names.some((name) => name.endsWith('_count'))
  },
  look: 'sum divided by count: it is the average, and one slow request among a hundred hardly moves it',
}

/** `rate(nodejs_eventloop_lag_p99_seconds[5m])` */
export const rateOfGauge: PromqlMistake = {
  isIn: ({ query }) =>
    callsOf(query, [...RATES, 'deriv', 'delta']).some((call) =>
      selectorsOf(call).some(({ name }) => !COUNTER.test(name)),
    ),
  look: 'the type of the metric: a gauge goes up and down, and rate, which is for counters, takes each fall for a restart',
}

/** A condition on the status that misses some failures, or takes others for one. */
export const statusMatcher: PromqlMistake = {
  isIn: ({ query }) => {
    const matchers = selectorsOf(query).flatMap(({ matchers }) => matchers.filter(({ name }) => name === 'status'))
    return matchers.some((one) => {
      const taken = ['200', '404', '500', '503', '504'].map((status) => one.matches(status)).join()
      return taken !== 'false,false,true,true,true' && taken !== 'true,true,false,false,false'
    })
  },
  look: 'the condition on status: a failure is any status from 500 to 599, 404 is none, and a regular expression has to match the whole value',
}

/** Routes or servers that were read off the shown data. */
export function fixedValues(label: string): PromqlMistake {
  return {
    isIn: ({ query }) =>
      selectorsOf(query).some(({ matchers }) =>
        matchers.some(
          ({ name, operator, value }) => name === label && operator.startsWith('=') && value !== '.+' && value !== '.*',
        ),
      ),
    look: `the values of ${label} in your query: other data have others, so select none of them`,
  }
}

/** An average of ratios, in which each server counts the same. */
export const averagedRatios: PromqlMistake = {
  isIn: ({ query }) =>
    aggregationsOf(query, ['avg', 'sum', 'max', 'min']).some(({ expression }) =>
      [...nodesOf(expression)].some(
        (node) => node.kind === 'binary' && node.operator === '/' && selectorsOf(node).length > 1,
      ),
    ),
  look: 'what is put together: an average of ratios counts a server with ten requests as much as one with a thousand; add both sides first, then divide',
}

/** Results without a series where the ratio is 0. */
export const emptyRatio: PromqlMistake = {
  isIn: ({ difference }) => difference?.kind === 'missing' || difference?.kind === 'nothing',
  look: 'what there is when nothing has failed: no series of errors, and a division gives nothing for a series that is missing on one side',
}

/** `sum by (route, status) (…) / sum by (route) (…)` */
export const unequalSides: PromqlMistake = {
  isIn: ({ query }) =>
    [...nodesOf(query)].some((node) => {
      if (node.kind !== 'binary' || isSetOperator(node.operator)) return false
      if (node.matching.on || node.matching.labels.length > 0) return false
      const [left, right] = [groupingOf(node.left), groupingOf(node.right)]
      return left !== undefined && right !== undefined && left !== right
    }),
  look: 'the labels on both sides of an operator: it brings together series that have the same ones, and leaves out all others',
}

/** The labels that an aggregation keeps; undefined for what is no aggregation by labels. */
function groupingOf(expression: Expression): string | undefined {
  const inner = withoutParentheses(expression)
  return inner.kind === 'aggregation' && !inner.without ? inner.grouping.toSorted().join() : undefined
}

export const percentForShare: PromqlMistake = {
  isIn: ({ difference }) => isNear(difference?.factor, 100),
  look: 'the unit: a share of 1 % is 0.01',
}

export const wrongUnit: PromqlMistake = {
  isIn: ({ difference }) => isNear(difference?.factor, 1000) || isNear(difference?.factor, 60),
  look: 'the unit that the task asks for',
}

export const averageForSum: PromqlMistake = {
  isIn: ({ query }) => has(aggregationsOf(query, ['avg'])),
  look: 'avg: what several servers do adds up, and an average over them shrinks with each server that is added',
}

export const otherLabels: PromqlMistake = {
  isIn: ({ difference }) => difference?.kind === 'labels',
  look: 'the labels that the task asks for, and which labels by or without of your query keeps',
}

/** `sum(rate(…_bucket[5m]))`, without a condition on `le`, or with one that takes several buckets. */
export const bucketsAddedUp: PromqlMistake = {
  isIn: ({ query }) =>
    selectorsOf(query).some(
      ({ name, matchers }) =>
        name.endsWith('_bucket') && !matchers.some((one) => one.name === 'le' && one.operator === '='),
    ),
  look: 'what a sum over several buckets counts: buckets are cumulative, so a request is counted once in each bucket that it fits into',
}

/** @param bound the value of `le` that the task needs */
export function leMatcher(bound: string): PromqlMistake {
  return {
    isIn: ({ query }) =>
      selectorsOf(query).some(({ matchers }) =>
        matchers.some(
          ({ name, operator, value }) => name === 'le' && operator === '=' && ![bound, '+Inf'].includes(value),
        ),
      ),
    look: 'the value of le in your query: it is compared as a text, and there are only the bounds that the histogram has, in seconds',
  }
}

/** An operator between a metric and `target_info` that says nothing about which labels have to match. */
export const noMatching: PromqlMistake = {
  isIn: ({ query, difference }) =>
    difference?.kind === 'nothing' &&
    [...nodesOf(query)].some(
      (node) => node.kind === 'binary' && !node.matching.on && node.matching.labels.length === 0,
    ),
  look: 'the labels of both sides: an operator brings together series that have all labels in common, unless on (…) names those that count',
}

/** `max(gauge)`, where the largest of some time is asked for. */
export const currentValue: PromqlMistake = {
  isIn: ({ query }) => !has(rangesOf(query)) && ![...nodesOf(query)].some(({ kind }) => kind === 'subquery'),
  look: 'the time that your query looks at: the value at one moment, which is that of the last scrape',
}

export const averageOverTime: PromqlMistake = {
  isIn: ({ query }) => has(callsOf(query, ['avg_over_time', 'quantile_over_time'])),
  look: 'what is made of the samples: an average hides the one that is larger than all others, and so does a percentile',
}

/** `(…)[10m:]` */
export const coarseSubquery: PromqlMistake = {
  isIn: ({ query }) => [...nodesOf(query)].some((node) => node.kind === 'subquery' && (node.step ?? 60_000) > 15_000),
  look: 'the step of the subquery: without one it evaluates once a minute, and misses three scrapes of four',
}

/** `absent(up{job="course-app"})` */
export const absentOnly: PromqlMistake = {
  isIn: ({ query }) =>
    has(callsOf(query, ['absent', 'absent_over_time'])) &&
    ![...nodesOf(query)].some((node) => node.kind === 'binary' && node.operator === 'or'),
  look: 'what absent asks: whether there is a series at all, and a series whose value is 0 is there',
}

/** A comparison of values that are not there. */
export const onlyWhatIsThere: PromqlMistake = {
  isIn: ({ query }) => !has(callsOf(query, ['absent', 'absent_over_time', 'vector'])),
  look: 'what is left when the targets have disappeared: a series that has ended has no value to compare, so the result is empty',
}

export const alwaysThere: PromqlMistake = {
  isIn: ({ query }) => [...nodesOf(query)].some((node) => node.kind === 'binary' && node.returnBool),
  look: 'bool: with it, a comparison gives 0 or 1; without it, no result where the comparison does not hold',
}

export const jobLeftOut: PromqlMistake = {
  isIn: ({ query }) =>
    selectorsOf(query).some(({ matchers }) => !matchers.some(({ name }) => name === 'job' || name === 'instance')),
  look: 'the job: other services have an up of their own',
}

export const noOffset: PromqlMistake = {
  isIn: ({ query }) =>
    selectorsOf(query).every(({ offset, at }) => offset === 0 && at === undefined) && has(rangesOf(query)),
  look: 'the time that your query is about: nothing in it looks back, and a longer range still ends now',
}

export const otherOffset: PromqlMistake = {
  isIn: ({ query }) => {
    const offsets = selectorsOf(query).map(({ offset }) => offset)
    return !offsets.includes(0) || offsets.some((offset) => offset !== 0 && offset !== 1_800_000)
  },
  look: 'the offsets: one side is about now, and the other one about half an hour ago',
}

export const differenceForRatio: PromqlMistake = {
  isIn: ({ query }) => ![...nodesOf(query)].some((node) => node.kind === 'binary' && node.operator === '/'),
  look: 'the operator: the task asks how many times as many, and a difference tells how many more',
}

/** Then divided by now. */
export const upsideDown: PromqlMistake = {
  isIn: ({ query }) =>
    [...nodesOf(query)].some(
      (node) =>
        node.kind === 'binary' &&
        node.operator === '/' &&
        selectorsOf(node.left).some(({ offset }) => offset > 0) &&
        selectorsOf(node.right).every(({ offset }) => offset === 0),
    ),
  look: 'which side is divided by which: the result is to be 2 when there is twice as much now',
}

export const longRange: PromqlMistake = { ...otherRange(5), look: 'the ranges: both sides are about five minutes' }

export const labelNotBrought: PromqlMistake = {
  isIn: ({ difference }) => difference?.seen.includes('without the label service_version') === true,
  look: 'the label service_version has to come from target_info: group_left, or group_right, names in parentheses what is to be taken over',
}

export const manyToOne: PromqlMistake = {
  isIn: ({ error = '' }) =>
    error.includes('grouping labels must ensure unique matches') ||
    error.includes('many-to-one matching must be explicit'),
  look: 'the two sides: many series of one side belong to one series of the other, which an operator does only where group_left or group_right says so',
}

export const manyToMany: PromqlMistake = {
  isIn: ({ error = '' }) => error.includes('many-to-many'),
  look: 'the labels in on(…): with them there are several series on both sides that match, so name all labels that tell one target from another',
}

export const futureOffset: PromqlMistake = {
  isIn: ({ query }) => selectorsOf(query).some(({ offset }) => offset < 0),
  look: 'the sign of the offset: offset 30m looks back by half an hour, offset -30m looks into the future',
}

function isNear(factor: number | undefined, wanted: number): boolean {
  return factor !== undefined && Math.abs(factor - wanted) < wanted * 0.03
}

/** Looked for in every exercise, before its own mistakes. */
export const PLAIN: readonly PromqlMistake[] = [numbersFromData, sumBeforeRate, noRate, irate, shortRange]

/** Looked for in every exercise, after its own mistakes. */
export const COMMON: readonly PromqlMistake[] = [increaseForRate, wrongUnit, otherLabels]

/** What a mistake in the syntax may come from. */
const SYNTAX: readonly (readonly [text: RegExp, message: RegExp, look: string])[] = [
  [
    /\b(rate|increase|irate)\s*\(\s*(sum|avg|max|min|count)\b/,
    /ranges only allowed|expected type range vector/,
    sumBeforeRate.look,
  ],
  [
    /./,
    /expected type range vector/,
    'what is in the parentheses: it needs a range, such as [5m], directly after the selector',
  ],
  [
    /./,
    /offset modifier must be preceded/,
    'where offset stands: it belongs to the selector, directly after its braces or its range',
  ],
]

/** What to look at where Prometheus does not understand the query. */
export function lookAtSyntax(text: string, message: string): string | undefined {
  return SYNTAX.find(([query, reason]) => query.test(text) && reason.test(message))?.[2]
}
