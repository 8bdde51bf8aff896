import { defineDashboardExercise } from '../dashboards/dashboard-exercise.ts'
import { withoutErrors } from '../dashboards/panel-mistakes.ts'
import type { Screening } from '../dashboards/quantity.ts'
import { remembered } from '../queries/remembered.ts'
import { server, times } from '../queries/server.ts'
import { type Durations, type Instance, type Load, scrapeAll } from '../queries/service-metrics.ts'
import { writeOpenMetrics } from '../queries/write-openmetrics.ts'
import { failing } from '../rules/scenario.ts'

const PROBES: readonly Load[] = [
  { route: '/metrics', rate: 1 / 15 },
  { route: '/livez', rate: 2 },
]

const FAST: Durations = [
  [0.02, 0.8],
  [0.08, 0.2],
]

const SLOW: Durations = [
  [0.2, 0.5],
  [0.8, 0.4],
  [4, 0.1],
]

const COURSES: readonly Load[] = [
  { route: '/v1/courses', rate: 4, durations: FAST },
  { route: '/v1/bookings', method: 'POST', status: '201', rate: 2, durations: SLOW },
  { route: '/v1/bookings/:booking_id:reserve', method: 'POST', status: '409', rate: 0.4, durations: FAST },
]

const SHOP: readonly Load[] = [
  { route: '/basket', rate: 6, durations: FAST },
  { route: '/checkout', method: 'POST', rate: 1, durations: SLOW },
]

const BROKEN: readonly Load[] = [{ route: '/v1/courses', status: '500', rate: 1 }]

const shop = server(9, [...failing(SHOP, 0.5, '503'), ...PROBES], { job: 'shop' })

const MINUTES = 20

const storeOf = remembered((instances: readonly Instance[]) => scrapeAll(instances, MINUTES))

function screening(
  when: string,
  jobs: readonly string[],
  instances: readonly Instance[],
  rateInterval = 60,
): Screening {
  return { when, jobs, rateInterval, minutes: MINUTES, source: () => storeOf(instances) }
}

const SHOWN: readonly Instance[] = [
  server(1, [...failing(COURSES, 0.1), ...PROBES]),
  server(2, [...times(3, COURSES), ...PROBES]),
  shop,
]

/** Requests that grow, so that the range makes a difference. */
function growing(loads: readonly Load[]): Load[] {
  return loads.map((load) => ({ ...load, rate: (second) => ((load.rate as number) * second) / 900 }))
}

/** Slow from minute 15 on. */
function slower(loads: readonly Load[]): Load[] {
  return loads.map((load) => ({ ...load, durations: (second) => (second < 900 ? FAST : SLOW) }))
}

const USERS = 'route!~"/metrics|/livez"'

export default defineDashboardExercise({
  hints: [
    "graph({ title, description, unit, width, thresholds }, { expr, legend }) is a panel; legend: '{{route}}' names each line after its route.",
    'job=~"$job" selects what the viewer has chosen, and [$__rate_interval] is a range that fits the zoom and the scrapes. route!~"/metrics|/livez" leaves out what is no user.',
    'The share needs a 0 where nothing fails: (sum by (route) (failed) or 0 * sum by (route) (all)) / sum by (route) (all). The percentile needs le: histogram_quantile(0.95, sum by (route, le) (rate(…_bucket…))).',
  ],
  quantities: [
    {
      what: 'requests per second',
      units: { reqps: 1, rps: 1, ops: 1, cps: 1, reqpm: 60 },
      reference: (by, jobs, range) =>
        `sum by (${by}) (rate(http_server_request_count_total{job=~"${jobs}", ${USERS}}[${range}]))`,
      labels: ['job', 'method', 'route', 'status'],
      mistakes: [],
      look: 'which requests are counted, and over which time',
    },
    {
      what: 'the share of requests that failed',
      units: { percentunit: 1, percent: 100 },
      reference: (by, jobs, range) => `1 - (
        sum by (${by}) (rate(http_server_request_count_total{job=~"${jobs}", ${USERS}, status!~"5.."}[${range}]))
        or 0 * sum by (${by}) (rate(http_server_request_count_total{job=~"${jobs}", ${USERS}}[${range}]))
        ) / sum by (${by}) (rate(http_server_request_count_total{job=~"${jobs}", ${USERS}}[${range}]))`,
      labels: ['job', 'method', 'route'],
      threshold: 0.005,
      mistakes: [withoutErrors],
      look: 'both sides of the division: which requests each of them counts',
    },
    {
      what: 'how long 95 % of requests took at most',
      units: { s: 1, ms: 1000 },
      reference: (by, jobs, range) =>
        `histogram_quantile(0.95, sum by (${by === '' ? 'le' : `${by}, le`}) (rate(http_server_request_duration_seconds_bucket{job=~"${jobs}", ${USERS}}[${range}])))`,
      labels: ['job', 'method', 'route'],
      mistakes: [],
      look: 'the percentile, and the requests whose buckets are added up',
    },
  ],
  screenings: [
    screening('over the data that you can look at', ['course-app'], SHOWN),
    screening('while nothing fails', ['course-app'], [server(1, [...COURSES, ...PROBES]), shop]),
    screening('with another service selected, half of whose requests fail', ['shop'], SHOWN),
    screening('with two services selected', ['course-app', 'shop'], SHOWN),
    screening(
      'when one of two servers is slow, and receives a tenth of the requests',
      ['course-app'],
      [
        server(1, [...times(10, COURSES).map((load) => ({ ...load, durations: FAST })), ...PROBES]),
        server(2, [...failing(COURSES, 0.3, '504').map((load) => ({ ...load, durations: SLOW })), ...PROBES]),
      ],
    ),
    screening(
      'when a server has restarted',
      ['course-app'],
      [
        server(1, [...failing(COURSES, 0.2, '502'), ...PROBES], { restarts: [1175] }),
        server(2, [...COURSES, ...PROBES]),
      ],
    ),
    screening(
      'at a zoom for which $__rate_interval is ten minutes',
      ['course-app'],
      [server(1, [...slower(growing(COURSES)), ...growing(BROKEN), ...PROBES])],
      600,
    ),
  ],
  rowForEach: false,
  data: () => ({
    metrics: writeOpenMetrics(storeOf(SHOWN)),
    example: { query: 'sum by (job, route, status) (http_server_request_count_total)', at: '2026-01-05T12:20:00Z' },
  }),
})
