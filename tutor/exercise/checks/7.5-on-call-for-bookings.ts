import { type BookingInstance, type Statements, scrapeBookings } from '../dashboards/booking-metrics.ts'
import { defineDashboardExercise } from '../dashboards/dashboard-exercise.ts'
import { otherRoutes, rateOfShared, sumOfShared, withoutErrors } from '../dashboards/panel-mistakes.ts'
import type { Screening } from '../dashboards/quantity.ts'
import { remembered } from '../queries/remembered.ts'
import { times } from '../queries/server.ts'
import type { Durations, Load } from '../queries/service-metrics.ts'
import { writeOpenMetrics } from '../queries/write-openmetrics.ts'
import { between, failing } from '../rules/scenario.ts'

const MINUTES = 20

const BOOK: readonly Load[] = [
  { route: '/v1/bookings', method: 'POST', status: '201', rate: 2 },
  { route: '/v1/bookings/:booking_id:reserve', method: 'POST', rate: 1.5 },
  { route: '/v1/bookings/:booking_id:complete', method: 'POST', rate: 1 },
]

const READ: readonly Load[] = [
  { route: '/v1/courses', rate: 8 },
  { route: '/v1/bookings/:booking_id', rate: 4 },
  { route: '/v1/courses', method: 'POST', status: '201', rate: 0.2 },
]

const QUICK: Durations = [
  [0.002, 0.9],
  [0.03, 0.1],
]

const SLOW: Durations = [
  [0.04, 0.5],
  [0.7, 0.5],
]

const STATEMENTS: readonly Statements[] = [
  { operation: 'SELECT', table: 'courses', rate: 9, durations: QUICK },
  { operation: 'UPDATE', table: 'batches', rate: 2, durations: SLOW },
  { operation: 'INSERT', table: 'bookings', rate: 2, durations: QUICK },
]

const STATUSES = { created: 2, reserved: 1.5, completed: 1, expired: 0.4 }

function instance(number: number, loads: readonly Load[], rest: Partial<BookingInstance> = {}): BookingInstance {
  return {
    instance: `10.0.0.${number}:8080`,
    loads,
    statuses: STATUSES,
    statements: STATEMENTS,
    gauges: { booking_reserved_current: (second) => 40 + 10 * Math.floor(second / 700) },
    ...rest,
  }
}

const SHOWN: readonly BookingInstance[] = [
  instance(1, [...failing(BOOK, 0.1), ...READ]),
  instance(2, [...failing(BOOK, 0.1), ...READ]),
  instance(3, [...BOOK, ...READ], {
    job: 'gateway',
    statuses: { created: 1, failed: 0.1 },
  }),
]

const storeOf = remembered((instances: readonly BookingInstance[]) => scrapeBookings(instances, MINUTES))

function screening(
  when: string,
  instances: readonly BookingInstance[],
  jobs: readonly string[] = ['course-app'],
  rateInterval = 60,
): Screening {
  return { when, jobs, rateInterval, minutes: MINUTES, source: () => storeOf(instances) }
}

const REQUESTS = 'http_server_request_count_total{method="POST", route=~"/v1/bookings.*"'

export default defineDashboardExercise({
  hints: [
    'A row is { title: "…?", panels: [graph(…)] }. Begin with what users notice, and end with what may cause it.',
    'booking_status_total is a counter: sum by (status) (rate(…)). booking_reserved_current is the same number on each instance: max, not sum.',
    'The percentile is one of all instances: histogram_quantile(0.95, sum by (operation, table, le) (rate(…_bucket{job=~"$job"}[$__rate_interval]))).',
  ],
  quantities: [
    {
      what: 'the share of bookings that fail',
      units: { percentunit: 1, percent: 100 },
      reference: (by, jobs, range) => `1 - (
        sum by (${by}) (rate(${REQUESTS}, job=~"${jobs}", status!~"5.."}[${range}]))
        or 0 * sum by (${by}) (rate(${REQUESTS}, job=~"${jobs}"}[${range}]))
        ) / sum by (${by}) (rate(${REQUESTS}, job=~"${jobs}"}[${range}]))`,
      labels: ['job', 'route'],
      threshold: 0.05,
      mistakes: [withoutErrors, otherRoutes],
      look: 'both sides of the division: which requests each of them counts',
    },
    {
      what: 'bookings per second that reach each status',
      units: { ops: 1, reqps: 1, cps: 1, wps: 1, opm: 60 },
      reference: (by, jobs, range) => `sum by (${by}) (rate(booking_status_total{job=~"${jobs}"}[${range}]))`,
      labels: ['job', 'status'],
      needs: ['status'],
      mistakes: [],
      look: 'the metric, and the labels that the sum keeps',
    },
    {
      what: 'the number of seats that are held',
      units: { none: 1, short: 1, locale: 1 },
      reference: (by, jobs) => `max by (${by}) (booking_reserved_current{job=~"${jobs}"})`,
      labels: ['job'],
      mistakes: [sumOfShared, rateOfShared],
      look: 'the gauge: it is not a counter, and each instance has the same value',
    },
    {
      what: 'how long 95 % of SQL statements took at most',
      units: { s: 1, ms: 1000 },
      reference: (by, jobs, range) =>
        `histogram_quantile(0.95, sum by (${by}, le) (rate(db_client_operation_duration_seconds_bucket{job=~"${jobs}"}[${range}])))`,
      labels: ['job', 'operation', 'table'],
      needs: ['operation', 'table'],
      threshold: 0.5,
      mistakes: [],
      look: 'the percentile, and the statements whose buckets are added up',
    },
  ],
  screenings: [
    screening('over the data that you can look at', SHOWN),
    screening('while nothing fails', [instance(1, [...BOOK, ...READ]), instance(2, [...BOOK, ...READ])]),
    screening('with another service selected', SHOWN, ['gateway']),
    screening('with two services selected', SHOWN, ['course-app', 'gateway']),
    screening('when reading fails, and some bookings with another status', [
      instance(1, [...failing(BOOK, 0.2, '503'), ...failing(READ, 0.5)]),
    ]),
    screening('when one of two instances is slow, and receives a tenth of the requests', [
      instance(1, [...times(10, BOOK), ...READ], {
        statements: STATEMENTS.map((one) => ({ ...one, rate: one.rate * 10, durations: QUICK })),
      }),
      instance(2, [...failing(BOOK, 0.3, '504'), ...READ], {
        statements: STATEMENTS.map((one) => ({ ...one, durations: SLOW })),
      }),
    ]),
    screening('when an instance has restarted', [
      instance(1, [...failing(BOOK, 0.3), ...READ], { restarts: [1170] }),
      instance(2, [...BOOK, ...READ]),
    ]),
    screening(
      'at a zoom for which $__rate_interval is ten minutes',
      [instance(1, [...failing(BOOK, between(12, 17, 0.4)), ...READ], { restarts: [900] })],
      ['course-app'],
      600,
    ),
  ],
  rowForEach: true,
  data: () => ({
    metrics: writeOpenMetrics(storeOf(SHOWN)),
    example: { query: 'count by (__name__) ({job="course-app"})', at: '2026-01-05T12:20:00Z' },
  }),
})
