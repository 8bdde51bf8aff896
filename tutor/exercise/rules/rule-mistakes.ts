import { type Expression, isSetOperator } from '../../../query/promql/expression.ts'
import type { AlertingDefinition } from '../../../query/rules/rule-file.ts'
import type { Mistake } from '../queries/mistake.ts'
import { irate, noRate, statusMatcher, sumBeforeRate } from '../queries/promql-mistakes.ts'
import { aggregationsOf, callsOf, nodesOf, rangesOf, selectorsOf } from '../queries/promql-nodes.ts'
import type { RuleFinding, RuleMistake } from './rule-mistake.ts'

/** Of recording rules as well. */
function expressionsIn({ groups }: RuleFinding): Expression[] {
  return groups.flatMap(({ rules }) => rules).map(({ query }) => query.expression)
}

function alertsIn({ groups }: RuleFinding): AlertingDefinition[] {
  return groups.flatMap(({ rules }) => rules).filter((rule) => rule.kind === 'alerting')
}

/** A mistake that is known from queries. */
function inExpression({ isIn, look }: Mistake<Expression>): RuleMistake {
  return {
    isIn: (finding) => expressionsIn(finding).some((query) => isIn({ query, difference: undefined, error: undefined })),
    look,
  }
}

const ABSENCE = ['absent', 'absent_over_time']

const CLOCK = ['time', 'hour', 'minute', 'day_of_week', 'day_of_month', 'day_of_year', 'month', 'year', 'timestamp']

/** `time() > 1767614400` or `vector(1)` */
export const noData: RuleMistake = {
  isIn: (finding) =>
    alertsIn(finding).some(({ query: { expression } }) => {
      const hasClock = callsOf(expression, CLOCK).some((call) => selectorsOf(call).length === 0)
      return hasClock || selectorsOf(expression).length === 0
    }),
  look: 'the expression: whether users are hurt is in the samples, not in a constant and not in the clock',
}

/** `severity: page, value: '{{ $value }}'` */
export const valueInLabel: RuleMistake = {
  isIn: (finding) =>
    alertsIn(finding).some(({ labels }) => [...labels.values()].some((text) => /\$value|\.Value\b/.test(text))),
  look: 'the labels with $value: Prometheus identifies an alert by its labels, so each new value is a new alert, which starts its `for` again; put values into annotations',
}

/** Labels of the metric that tell parts of a service apart. */
export const alertForEachPart: RuleMistake = {
  isIn: ({ failure }) => failure.kind === 'many',
  look: 'the labels that the expression keeps: each series of its result is an alert, so one fault pages once for each route or instance; sum by (job) makes one alert of them',
}

export const withoutJob: RuleMistake = {
  isIn: ({ failure }) => failure.kind === 'unnamed',
  look: 'the labels that the expression keeps: without by (job), the alert cannot say which service it is about',
}

/** One sum over all services. */
export const allServices: RuleMistake = {
  isIn: (finding) =>
    expressionsIn(finding).some((expression) =>
      aggregationsOf(expression, ['sum', 'avg', 'max', 'count']).some(
        ({ grouping, without }) => !without && !grouping.includes('job'),
      ),
    ),
  look: 'the labels that the expression keeps: without by (job), one sum counts all services, and a large one hides a small one',
}

/** A threshold on failures per second, whatever the traffic. */
export const absoluteCount: RuleMistake = {
  isIn: (finding) => !expressionsIn(finding).some(hasRatio),
  look: 'what is compared: the same number of failures is many for a small service and few for a large one; a share of the requests suits both',
}

function hasRatio(expression: Expression): boolean {
  return [...nodesOf(expression)].some(
    (node) => node.kind === 'binary' && node.operator === '/' && selectorsOf(node.right).length > 0,
  )
}

/** `errors / successes` */
export const dividedBySuccesses: RuleMistake = {
  isIn: (finding) =>
    expressionsIn(finding).some((expression) =>
      [...nodesOf(expression)].some(
        (node) =>
          node.kind === 'binary' &&
          node.operator === '/' &&
          selectorsOf(node.right).some(({ matchers }) =>
            matchers.some((one) => one.name === 'status' && !one.matches('500')),
          ),
      ),
    ),
  look: 'what you divide by: when all requests fail, there are no successes, and a division by what is missing or 0 gives no share; divide by all requests',
}

/** `avg(rate(…))` or an average of ratios */
export const averaged: RuleMistake = {
  isIn: (finding) =>
    expressionsIn(finding).some((expression) =>
      aggregationsOf(expression, ['avg']).some(({ expression: inner }) => selectorsOf(inner).length > 0),
    ),
  look: 'avg: an average over series counts a route with one request as much as one with a thousand; add first, then divide',
}

export const missingFor: RuleMistake = {
  isIn: (finding) => finding.failure.kind === 'false' && alertsIn(finding).some((alert) => alert.for === 0),
  look: '`for`: without it, the first evaluation with a result pages; with it, the expression must have a result for that long',
}

/** @param minutes longer than that is too long */
export function longFor(minutes: number): RuleMistake {
  return {
    isIn: (finding) =>
      ['late', 'pending'].includes(finding.failure.kind) &&
      alertsIn(finding).some((alert) => alert.for >= minutes * 60_000),
    look: '`for`: the fault lasts that long before the alert fires, and the time that the range takes to fill comes on top',
  }
}

/** Failures stay in the range for longer than `for` waits. */
export const blipInRange: RuleMistake = {
  isIn: (finding) =>
    finding.failure.kind === 'false' &&
    longestRange(finding) >= Math.max(...alertsIn(finding).map((alert) => alert.for)),
  look: '`for` and the range together: a blip stays in a range of five minutes for five minutes, so `for` must be longer than that, or the threshold higher',
}

export const shortRange: RuleMistake = {
  isIn: (finding) => ranges(finding).some((duration) => duration < 60_000) && finding.failure.kind !== 'error',
  look: 'the range: rate needs at least two scrapes in it, which are 15 seconds apart, and a missed one leaves too few; take at least four scrapes',
}

/** @param minutes longer than that is too long */
export function longRange(minutes: number): RuleMistake {
  return {
    isIn: (finding) =>
      ['silent', 'late', 'pending', 'lingering'].includes(finding.failure.kind) &&
      longestRange(finding) > minutes * 60_000,
    look: 'the range: a long one is slow to fill and slow to empty, so the alert starts late and goes on long after the fault',
  }
}

/** A long window alone, which goes on after the fault. */
export const longWindowOnly: RuleMistake = {
  isIn: (finding) => finding.failure.kind === 'lingering',
  look: 'the windows: an hour holds a fault for an hour after its end; a second, short window, joined with `and`, shows that the fault is over',
}

/** A short window alone, which fires for a blip. */
export const shortWindowOnly: RuleMistake = {
  isIn: (finding) => finding.failure.kind === 'false' && longestRange(finding) < 30 * 60_000,
  look: 'the windows: in a short one, two minutes of failures are a large share; over an hour they are a small one, so require both with `and`',
}

/** A threshold that a slow burn never reaches. */
export const highThreshold: RuleMistake = {
  isIn: (finding) =>
    ['silent', 'late'].includes(finding.failure.kind) &&
    expressionsIn(finding).some((expression) =>
      [...nodesOf(expression)].some((node) => node.kind === 'number' && node.value >= 0.1 && node.value <= 1),
    ),
  look: 'the threshold: it is a burn rate times the budget, and the budget of 99.5 % is 0.005; 14.4 times that is 0.072',
}

/** `/metrics` and `/livez` taken for users. */
export const countsScrapes: RuleMistake = {
  isIn: (finding) =>
    expressionsIn(finding).some((expression) =>
      selectorsOf(expression).some(
        ({ name, matchers }) => name.startsWith('http_server_request') && !matchers.some((one) => one.name === 'route'),
      ),
    ),
  look: 'whose requests are counted: scrapes of /metrics and health checks continue without users, so leave out their routes',
}

function ranges(finding: RuleFinding): number[] {
  return expressionsIn(finding).flatMap((expression) => rangesOf(expression).map(({ duration }) => duration))
}

function longestRange(finding: RuleFinding): number {
  return Math.max(0, ...ranges(finding))
}

/** `absent(rate(…))` */
export const absentRate: RuleMistake = {
  isIn: (finding) =>
    expressionsIn(finding).some((expression) =>
      callsOf(expression, ABSENCE).some((call) => callsOf(call, ['rate', 'increase', 'irate']).length > 0),
    ),
  look: 'absent over rate: without requests a rate is 0, and 0 is not absent; absent is for series that do not exist',
}

/** `up == 0` alone */
export const onlyUpIsZero: RuleMistake = {
  isIn: (finding) =>
    finding.failure.kind === 'silent' &&
    expressionsIn(finding).some((expression) => selectorsOf(expression).some(({ name }) => name === 'up')) &&
    expressionsIn(finding).every((expression) => callsOf(expression, [...ABSENCE, 'vector']).length === 0),
  look: 'a target that no longer exists: it has no series up, so comparing up with 0 gives nothing; absent or `or vector(0)` covers that',
}

/** `up == 0`, which is an alert for each instance. */
export const eachInstance: RuleMistake = {
  isIn: (finding) =>
    finding.failure.kind === 'many' &&
    alertsIn(finding).some(({ query: { expression } }) => usesAlone(expression, 'up')),
  look: 'the instances: while others answer, an instance that is down hurts no user; max by (job) (up) is 1 as long as one of them is up',
}

/** Whether a metric is compared without being aggregated. */
function usesAlone(expression: Expression, metric: string): boolean {
  const together = [
    ...aggregationsOf(expression, ['sum', 'max', 'min', 'avg', 'count', 'group']),
    ...callsOf(expression, ABSENCE),
  ]
  const aggregated = new Set(together.flatMap((one) => selectorsOf(one)))
  return selectorsOf(expression).some((selector) => selector.name === metric && !aggregated.has(selector))
}

/** `sum(rate(…)) == 0` without a counter. */
export const emptySum: RuleMistake = {
  isIn: (finding) =>
    ['silent', 'pending'].includes(finding.failure.kind) &&
    expressionsIn(finding).some(
      (expression) =>
        selectorsOf(expression).some(({ name }) => name.startsWith('http_server_request')) &&
        callsOf(expression, ABSENCE).length === 0 &&
        ![...nodesOf(expression)].some((node) => node.kind === 'binary' && isSetOperator(node.operator)),
    ),
  look: 'a series that is missing: a sum of nothing is empty, not 0, and comparing nothing gives nothing',
}

/** A counter that is compared, and not only looked for. */
const rawCounter: RuleMistake = {
  isIn: (finding) =>
    expressionsIn(finding).some(
      (query) =>
        noRate.isIn({ query, difference: undefined, error: undefined }) && callsOf(query, ABSENCE).length === 0,
    ),
  look: noRate.look,
}

/** Looked for in every exercise, before its own mistakes. */
export const PLAIN: readonly RuleMistake[] = [
  noData,
  inExpression(sumBeforeRate),
  rawCounter,
  inExpression(irate),
  valueInLabel,
]

/** Looked for in every exercise, after its own mistakes. */
export const COMMON: readonly RuleMistake[] = [shortRange, alertForEachPart, withoutJob, inExpression(statusMatcher)]
