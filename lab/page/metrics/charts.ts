import type { Sample } from '../../wire.ts'
import { histogramQuantile } from './quantile.ts'
import { type Interval, rate, ratio } from './rate.ts'
import { bucketIncrease, sumOf } from './route-totals.ts'

export type Unit = 'per_second' | 'share' | 'seconds' | 'number'

/** Input of the charts. */
export interface History {
  readonly intervals: readonly Interval[]
  /** Upper bounds of the duration's buckets, in seconds. */
  readonly bounds: readonly (number | null)[]
  /** The route to show; empty for all. */
  readonly route: string
}

export interface Line {
  readonly label: string
  /** One per interval; null without data. */
  readonly values: readonly (number | null)[]
  /** Increase of its counter from the first sample to the last. */
  readonly increase?: number
}

export interface Query {
  readonly label: string
  readonly promql: string
}

export interface ChartSpec {
  readonly id: string
  readonly title: string
  /** The purpose of the chart, in a sentence. */
  readonly about: string
  readonly unit: Unit
  readonly lines: (history: History) => Line[]
  /** The equivalent in Prometheus; `window` is a duration such as `1m`. */
  readonly queries: (window: string, route: string) => Query[]
  readonly hasExemplars?: true
  /** Whether the chart exists only in the course's app. */
  readonly isOfCourse?: true
}

const QUANTILES = [0.5, 0.95, 0.99] as const
const STATUSES = ['created', 'reserved', 'completed', 'failed', 'expired'] as const

const requestRate: ChartSpec = {
  id: 'rate',
  title: 'Requests per second',
  about: 'How much there is to do, by route.',
  unit: 'per_second',
  lines: ({ intervals, route }) => routesOf(intervals, route).map((name) => rateOf(name, intervals)),
  queries: (window, route) => [
    {
      label: 'by route',
      promql: `sum by (route) (rate(http_server_request_count_total${labels({ route })}[${window}]))`,
    },
  ],
}

const errors: ChartSpec = {
  id: 'errors',
  title: 'Errors',
  about: 'The share of requests that fail: 5xx is the server’s fault, 4xx the caller’s.',
  unit: 'share',
  lines: ({ intervals, route }) => {
    const share = (label: string, kind: 'server_errors' | 'client_errors'): Line => {
      const part = (sample: Sample) => sumOf(sample, route, (totals) => totals[kind])
      const whole = (sample: Sample) => sumOf(sample, route, ({ requests }) => requests)
      return {
        label,
        values: intervals.map((interval) => ratio(interval, part, whole)),
        increase: increaseOf(intervals, part),
      }
    }
    return [share('5xx', 'server_errors'), share('4xx', 'client_errors')]
  },
  queries: (window, route) =>
    ['5', '4'].map((digit) => ({
      label: `${digit}xx`,
      promql: `sum(rate(http_server_request_count_total${labels({ route }, `status=~"${digit}.."`)}[${window}])) / sum(rate(http_server_request_count_total${labels({ route })}[${window}]))`,
    })),
}

const duration: ChartSpec = {
  id: 'duration',
  title: 'Duration',
  about: 'Percentiles from the histogram: p95 is the time within which 95 of 100 requests were answered.',
  unit: 'seconds',
  hasExemplars: true,
  lines: ({ intervals, bounds, route }) => {
    const increases = intervals.map(({ first, last }) => bucketIncrease(first, last, route, bounds.length))
    return QUANTILES.map((quantile) => ({
      label: `p${quantile * 100}`,
      values: increases.map((counts) => histogramQuantile(quantile, bounds, counts)),
    }))
  },
  queries: (window, route) =>
    QUANTILES.map((quantile) => ({
      label: `p${quantile * 100}`,
      promql: `histogram_quantile(${quantile}, sum by (le) (rate(http_server_request_duration_seconds_bucket${labels({ route })}[${window}])))`,
    })),
}

const active: ChartSpec = {
  id: 'active',
  title: 'Active requests',
  about: 'How many are being served at this moment.',
  unit: 'number',
  lines: ({ intervals }) => [{ label: 'active', values: intervals.map(({ last }) => last.active) }],
  queries: () => [{ label: 'active', promql: 'sum(http_server_requests_active)' }],
}

const cache: ChartSpec = {
  id: 'cache',
  title: 'Cache hit ratio',
  about: 'Which share of lookups found the course in the cache.',
  unit: 'share',
  lines: ({ intervals }) => {
    const hits = ({ cache }: Sample) => cache.hit
    const lookups = ({ cache }: Sample) => cache.hit + cache.miss
    return [{ label: 'hits', values: intervals.map((interval) => ratio(interval, hits, lookups)) }]
  },
  queries: (window) => [
    {
      label: 'hits',
      promql: `sum(rate(cache_requests_total{operation="GET",result="hit"}[${window}])) / sum(rate(cache_requests_total{operation="GET",result=~"hit|miss"}[${window}]))`,
    },
  ],
}

const bookings: ChartSpec = {
  id: 'bookings',
  title: 'Bookings by status',
  isOfCourse: true,
  about: 'What the business does: bookings that reached a status, per second.',
  unit: 'per_second',
  lines: ({ intervals }) =>
    STATUSES.map((status) => {
      const reached = ({ bookings }: Sample) => bookings[status] ?? 0
      return {
        label: status,
        values: intervals.map((interval) => rate(interval, reached)),
        increase: increaseOf(intervals, reached),
      }
    }),
  queries: (window) => [{ label: 'by status', promql: `sum by (status) (rate(booking_status_total[${window}]))` }],
}

const lag: ChartSpec = {
  id: 'lag',
  title: 'Event loop lag',
  about: 'How late Node.js comes to what is due. When it rises, something blocks the event loop.',
  unit: 'seconds',
  lines: ({ intervals }) =>
    (['p50', 'p99'] as const).map((label) => ({
      label,
      values: intervals.map(({ last }) => last.event_loop_lag[label]),
    })),
  queries: () => ['p50', 'p99'].map((label) => ({ label, promql: `max(nodejs_eventloop_lag_${label}_seconds)` })),
}

/** Columns, so that a growing card moves only those below it. */
export const columns: readonly (readonly ChartSpec[])[] = [
  [requestRate, errors, active, lag],
  [duration, cache, bookings],
]

function routesOf(intervals: readonly Interval[], route: string): string[] {
  const routes = Object.keys(intervals.at(-1)?.last.routes ?? {})
  return route === '' ? routes : routes.filter((name) => name === route)
}

function rateOf(route: string, intervals: readonly Interval[]): Line {
  const requests = (sample: Sample) => sample.routes[route]?.requests ?? 0
  return {
    label: route,
    values: intervals.map((interval) => rate(interval, requests)),
    increase: increaseOf(intervals, requests),
  }
}

function increaseOf(intervals: readonly Interval[], counter: (sample: Sample) => number): number {
  const [first, last] = [intervals[0]?.first, intervals.at(-1)?.last]
  return first && last ? counter(last) - counter(first) : 0
}

/** Label matchers of PromQL: `{route="/slow",status=~"5.."}`; empty without matchers. */
function labels(equal: Readonly<Record<string, string>>, ...others: readonly string[]): string {
  const matchers = Object.entries(equal)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  const all = [...matchers, ...others]
  return all.length === 0 ? '' : `{${all.join(',')}}`
}
