import type { Expression } from '../../../query/promql/expression.ts'
import type { Mistake } from '../queries/mistake.ts'
import {
  averageDuration,
  averagedQuantiles,
  quantileOfSeries,
  quantileWithoutBuckets,
  quantileWithoutLe,
} from '../queries/percentile-mistakes.ts'
import {
  averagedRatios,
  averageForSum,
  emptyRatio,
  increaseForRate,
  irate,
  noRate,
  otherLabels,
  percentForShare,
  rateOfGauge,
  statusMatcher,
  sumBeforeRate,
  unequalSides,
  wrongUnit,
} from '../queries/promql-mistakes.ts'
import { aggregationsOf, selectorsOf } from '../queries/promql-nodes.ts'

/** A query of a panel. */
export interface PanelQuery {
  /** As it is in the dashboard, with its variables. */
  readonly expr: string
  readonly expression: Expression
}

type PanelMistake = Mistake<PanelQuery>

function inExpression({ isIn, look }: Mistake<Expression>): PanelMistake {
  return { isIn: ({ query, ...rest }) => isIn({ query: query.expression, ...rest }), look }
}

/** `[5m]` */
const fixedRange: PanelMistake = {
  isIn: ({ query }) => /\[\d/.test(query.expr),
  look: 'the range: a fixed one misses scrapes or hides detail once the viewer zooms; $__rate_interval fits the zoom and the scrapes',
}

/** `[$__interval]` */
const interval: PanelMistake = {
  isIn: ({ query }) => /\[\$\{?__interval\b/.test(query.expr),
  look: 'the range: $__interval may hold a single scrape, and rate needs two; $__rate_interval is at least four scrapes long',
}

const withoutVariable: PanelMistake = {
  isIn: ({ query }) => !/\$\{?job\b|\[\[job\b/.test(query.expr),
  look: 'the services: the viewer selects them with the variable job, and your query does not use $job',
}

/** `job="$job"` */
const oneService: PanelMistake = {
  isIn: ({ query }) =>
    selectorsOf(query.expression).some(({ matchers }) =>
      matchers.some(({ name, operator }) => name === 'job' && operator === '='),
    ),
  look: 'the matcher of job: the viewer can select several services, so $job is a regular expression, for =~',
}

/** Requests of Prometheus and of health checks. */
const scrapesCounted: PanelMistake = {
  isIn: ({ query }) =>
    selectorsOf(query.expression).some(({ name, matchers }) => {
      const route = matchers.find((one) => one.name === 'route')
      return (
        name.startsWith('http_server_request') &&
        (route === undefined || route.matches('/metrics') || route.matches('/livez'))
      )
    }),
  look: 'whose requests are shown: scrapes (/metrics) and health checks (/livez) always succeed and would hide errors, so leave out their routes',
}

/** `sum(booking_reserved_current)` */
export const sumOfShared: PanelMistake = {
  isIn: ({ query }) =>
    aggregationsOf(query.expression, ['sum']).some((one) =>
      selectorsOf(one).some(({ name }) => name.endsWith('_current')),
    ),
  look: 'what is added up: each instance reads the same number from the database, so a sum counts it once per instance; max is one of them',
}

export const rateOfShared: PanelMistake = inExpression(rateOfGauge)

/** Routes other than those of bookings. */
export const otherRoutes: PanelMistake = {
  isIn: ({ query }) =>
    selectorsOf(query.expression).some(({ name, matchers }) => {
      const isTaken = (label: string, value: string) =>
        matchers.filter((one) => one.name === label).every((one) => one.matches(value))
      return (
        name.startsWith('http_server_request') &&
        (isTaken('route', '/v1/courses') ||
          isTaken('method', 'GET') ||
          !isTaken('route', '/v1/bookings/:booking_id:reserve'))
      )
    }),
  look: 'which requests are counted: bookings are created and changed by POST, to /v1/bookings and to all routes below it',
}

/** Looked for in every panel; the particular comes before the general. */
export const USUAL: readonly PanelMistake[] = [
  inExpression(sumBeforeRate),
  inExpression(averagedQuantiles),
  inExpression(averageDuration),
  inExpression(quantileWithoutLe),
  inExpression(quantileOfSeries),
  inExpression(quantileWithoutBuckets),
  inExpression(noRate),
  inExpression(irate),
  interval,
  fixedRange,
  withoutVariable,
  oneService,
]

/** Looked for after those of the quantity. */
export const GENERAL: readonly PanelMistake[] = [
  inExpression(otherLabels),
  inExpression(statusMatcher),
  inExpression(percentForShare),
  inExpression(averagedRatios),
  inExpression(unequalSides),
  inExpression(increaseForRate),
  inExpression(wrongUnit),
  inExpression(averageForSum),
  scrapesCounted,
]

/** For shares. */
export const withoutErrors: PanelMistake = inExpression(emptyRatio)

/** Whether percentiles are averaged, or added up. */
export function hasAveragedQuantiles(query: Expression): boolean {
  return averagedQuantiles.isIn({ query, difference: undefined, error: undefined })
}

export const averagedQuantilesLook: string = averagedQuantiles.look
