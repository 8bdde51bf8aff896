import { dashboardOf } from './dashboard.ts'
import { bars, graph, number } from './panels.ts'
import { p95 } from './promql.ts'
import { job } from './variables.ts'

const STATUSES = 'booking_status_total{job=~"$job"}'
const reached = (status: string, range: string) =>
  `sum(increase(booking_status_total{job=~"$job", status="${status}"}[${range}]))`

/** Bookings, and the database and cache behind them. */
export const courseBooking = dashboardOf({
  uid: 'course-booking',
  title: 'Course booking',
  description:
    'From a created booking to a paid one: how many get there, what holds the others up, and what that costs.',
  variables: [job],
  rows: [
    {
      title: 'The funnel',
      panels: [
        bars(
          {
            title: 'Bookings by status, in the time shown',
            description:
              'How many bookings have reached each status. Read it as a funnel: created, then reserved, then completed; those that gave up are expired. Each step is narrower than the one before. What matters is how much.',
            unit: 'none',
            width: 8,
          },
          ...['created', 'reserved', 'completed', 'expired', 'failed'].map((status) => ({
            expr: reached(status, '$__range'),
            legend: status,
          })),
        ),
        graph(
          {
            title: 'Bookings by status',
            description:
              'Bookings a second that reach each status. Completed follows reserved by the time that people take to pay. When reserved falls and created does not, seats have run out, or reserving fails.',
            unit: 'ops',
            width: 16,
          },
          { expr: `sum by (status) (rate(${STATUSES}[$__rate_interval]))`, legend: '{{status}}' },
        ),
        number(
          {
            title: 'Created, then reserved',
            description:
              'Of the bookings made in the time shown, the share that got a seat. Low: sold out, or people leave before they reserve.',
            unit: 'percentunit',
            width: 6,
          },
          { expr: `${reached('reserved', '$__range')} / (${reached('created', '$__range')} > 0)`, legend: 'reserved' },
        ),
        number(
          {
            title: 'Reserved, then completed',
            description:
              'Of the seats taken in the time shown, the share that was paid. Low: paying is where people give up.',
            unit: 'percentunit',
            width: 6,
          },
          {
            expr: `${reached('completed', '$__range')} / (${reached('reserved', '$__range')} > 0)`,
            legend: 'completed',
          },
        ),
        number(
          {
            title: 'Expired',
            description:
              'Bookings that were given up, or whose hold was over, in the time shown. Each one kept a seat from somebody else for up to ten minutes.',
            unit: 'none',
            width: 6,
          },
          { expr: reached('expired', '$__range'), legend: 'expired' },
        ),
        number(
          {
            title: 'Failed',
            description:
              'Bookings that held a seat and could not be completed, because the batch had ended. Each is a customer to write to. Above 0 the alert BookingsLost fires.',
            unit: 'none',
            width: 6,
            thresholds: { warn: 1 },
          },
          { expr: reached('failed', '$__range'), legend: 'failed' },
        ),
      ],
    },
    {
      title: 'Seats and money',
      panels: [
        graph(
          {
            title: 'Seats held and not paid',
            description:
              'Seats that are held and not paid for. The number rises with reservations, and falls when they are paid, given up or expired. Every replica reads the same number from the database, so the panel shows the highest, not the sum. A replica that does not get an answer keeps its last number: time() - booking_gauges_last_success_timestamp_seconds is its age.',
            unit: 'none',
            width: 8,
          },
          { expr: 'max(booking_reserved_current{job=~"$job"})', legend: 'held' },
        ),
        graph(
          {
            title: 'Potential sales',
            description:
              'What the held seats would earn if all of them were paid. Currencies cannot be added, so each has a line. The metric is in minor units (cents); the yen has none.',
            unit: 'short',
            width: 8,
          },
          {
            expr: 'max by (currency) (booking_potential_sales_amount{job=~"$job", currency!="JPY"}) / 100 or max by (currency) (booking_potential_sales_amount{job=~"$job", currency="JPY"})',
            legend: '{{currency}}',
          },
        ),
        graph(
          {
            title: 'Sold-out rate',
            description:
              'The share of requests for a seat (creating or reserving a booking) that are refused with 409, over five minutes. Nearly all of those are sold-out batches. Above 50 % the alert SoldOutSurge fires: more seats would sell.',
            unit: 'percentunit',
            width: 8,
            thresholds: { warn: 0.2, bad: 0.5 },
          },
          { expr: 'job:seat_refusals:ratio_rate5m{job=~"$job"}', legend: '{{job}}' },
        ),
        graph(
          {
            title: 'What became of requests to book',
            description:
              'Answers of everything that changes a booking. 200 and 201 are business, 409 is sold out or too late, 400 and 404 are mistakes of callers, 5xx are ours.',
            unit: 'reqps',
            width: 24,
            stacked: true,
          },
          {
            expr: 'sum by (route, status) (rate(http_server_request_count_total{job=~"$job", method="POST", route=~"/v1/bookings.*"}[$__rate_interval]))',
            legend: '{{route}} {{status}}',
          },
        ),
      ],
    },
    {
      title: 'Cache',
      panels: [
        graph(
          {
            title: 'Cache hit ratio',
            description:
              'The share of reads that the cache answered, over five minutes. Each change of a course or of its free seats drops it from the cache, so many reservations lower it. Below 50 % for ten minutes the alert LowCacheHitRatio fires.',
            unit: 'percentunit',
            width: 8,
            thresholds: { warn: 0.8, bad: 0.5, good: 'high' },
          },
          { expr: 'job:cache_hits:ratio_rate5m{job=~"$job"}', legend: '{{job}}' },
        ),
        graph(
          {
            title: 'Cache commands by result',
            description:
              'Hits and misses of reads; errors of any command. Any errors at all: Redis is away, every read goes to the database, and nothing fails for it.',
            unit: 'ops',
            width: 8,
            stacked: true,
          },
          {
            expr: 'sum by (operation, result) (rate(cache_requests_total{job=~"$job"}[$__rate_interval]))',
            legend: '{{operation}} {{result}}',
          },
        ),
        graph(
          {
            title: 'Cache: duration, p95',
            description:
              'Microseconds for the cache in the process, well under a millisecond for Redis nearby. A command that takes 50 ms is given up.',
            unit: 's',
            width: 8,
            thresholds: { warn: 0.01, bad: 0.05 },
          },
          {
            expr: p95('operation', 'cache_operation_duration_seconds_bucket{job=~"$job"}'),
            legend: '{{operation}}',
          },
        ),
      ],
    },
    {
      title: 'Database',
      panels: [
        graph(
          {
            title: 'Database: statements',
            description:
              'SQL statements a second, by what they do and to which table, as the database executes them: one that many reservations share counts once. Divide by the rate of requests: many statements for each request is a loop that should be one statement.',
            unit: 'ops',
            width: 8,
            stacked: true,
          },
          {
            expr: 'sum by (operation, table) (rate(db_client_operation_duration_seconds_count{job=~"$job"}[$__rate_interval]))',
            legend: '{{operation}} {{table}}',
          },
        ),
        graph(
          {
            title: 'Database: errors',
            description:
              'The share of statements that failed, over five minutes. A slug that is taken counts as well, so a few are normal. Above 5 % the alert DatabaseErrors fires.',
            unit: 'percentunit',
            width: 8,
            thresholds: { warn: 0.01, bad: 0.05 },
          },
          { expr: 'job:db_client_operation_errors:ratio_rate5m{job=~"$job"}', legend: '{{job}}' },
        ),
        graph(
          {
            title: 'Database: duration, p95',
            description:
              'Nineteen statements in twenty took at most this long, from sending them to their answer. One line up: that statement needs an index, or waits for a lock. All up: the database is busy, or far away.',
            unit: 's',
            width: 8,
            thresholds: { warn: 0.1, bad: 0.5 },
          },
          {
            expr: p95('operation, table', 'db_client_operation_duration_seconds_bucket{job=~"$job"}'),
            legend: '{{operation}} {{table}}',
          },
        ),
        graph(
          {
            title: 'Database: waiting, p95',
            description:
              'Nineteen in twenty waited at most this long before their statement was sent: for a connection, or for their turn in a statement that they share. Nearly 0 is normal. Up while statements are fast: there are more callers than connections. Up together with the statements: mend those first.',
            unit: 's',
            width: 24,
            thresholds: { warn: 0.1, bad: 0.5 },
          },
          {
            expr: p95('outcome', 'db_client_connection_wait_duration_seconds_bucket{job=~"$job"}'),
            legend: 'connection, {{outcome}}',
          },
          {
            expr: p95('operation, table', 'db_client_shared_statement_wait_duration_seconds_bucket{job=~"$job"}'),
            legend: 'turn in {{operation}} {{table}}',
          },
        ),
      ],
    },
  ],
})
