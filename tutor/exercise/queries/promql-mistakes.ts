import { type Expression, isSetOperator, withoutParentheses } from '../../../query/promql/expression.ts'
import type { Mistake } from './mistake.ts'
import { aggregationsOf, callsOf, has, nodesOf, rangesOf, selectorsOf } from './promql-nodes.ts'

/** A mistake in PromQL. */
export type PromqlMistake = Mistake<Expression>

const RATES = ['rate', 'increase', 'irate']
const COUNTER = /_(total|count|sum|bucket)$/

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
