import { dashboardOf } from './dashboard.ts'
import { graph, heat, number } from './panels.ts'
import { OF_USERS, p95, ratio, SERVER_FAULTS } from './promql.ts'
import { job, route } from './variables.ts'

const REQUESTS = `http_server_request_count_total{job=~"$job", route=~"$route", ${OF_USERS}}`
const FAILED = `http_server_request_count_total{job=~"$job", route=~"$route", ${OF_USERS}, status=~"5.."}`
const BUCKETS = `http_server_request_duration_seconds_bucket{job=~"$job", route=~"$route", ${OF_USERS}}`

/** Rate, errors and duration by route, and saturation. */
export const serviceOverview = dashboardOf({
  uid: 'service-overview',
  title: 'Service overview',
  description: 'Rate, errors and duration of requests, and how busy the service is. Look here first.',
  variables: [job, route],
  rows: [
    {
      title: 'Right now',
      panels: [
        number(
          {
            title: 'Requests',
            description:
              'Requests of users a second, over five minutes; scrapes and health checks are left out. A fall to zero is as bad a sign as a jump. "none" means that there was not a single one.',
            unit: 'reqps',
            width: 4,
          },
          { expr: 'sum(job:http_server_request_count:rate5m{job=~"$job"})', legend: 'requests' },
        ),
        number(
          {
            title: 'Errors',
            description:
              "The share of requests that were answered with a 5xx, over five minutes. A 4xx is the caller's mistake and does not count. Above 5 % the alert HighErrorRate fires.",
            unit: 'percentunit',
            width: 4,
            thresholds: { warn: 0.005, bad: 0.05 },
          },
          {
            expr: 'sum(job:http_server_request_errors:rate5m{job=~"$job"}) / (sum(job:http_server_request_count:rate5m{job=~"$job"}) > 0)',
            legend: 'errors',
          },
        ),
        number(
          {
            title: 'Slowest service, p95',
            description:
              'Of the service that is slowest: nineteen requests in twenty took at most this long, over five minutes. An average would hide the slow ones.',
            unit: 's',
            width: 4,
            thresholds: { warn: 0.5, bad: 1 },
          },
          { expr: 'max(job:http_server_request_duration_seconds:p95_5m{job=~"$job"})', legend: 'p95' },
        ),
        number(
          {
            title: 'In progress',
            description:
              'Requests that are being served this moment, on all instances. It is never quite 0: the scrape that asks is one itself. When it grows and the rate does not, requests are piling up.',
            unit: 'none',
            width: 4,
          },
          { expr: 'sum(http_server_requests_active{job=~"$job"})', legend: 'active' },
        ),
        number(
          {
            title: 'Instances',
            description:
              'Processes whose /metrics Prometheus could read at the last scrape. At 0 the alert NoHealthyInstance fires, also while the app runs in a phase before 3, which has no metrics.',
            unit: 'none',
            width: 4,
            thresholds: { warn: 1, good: 'high' },
          },
          { expr: 'sum(up{job=~"$job"})', legend: 'up' },
        ),
        number(
          {
            title: 'Alerts',
            description: 'Alerts that fire now, of any kind. docs/alerts.md says what to do about each.',
            unit: 'none',
            width: 4,
            thresholds: { warn: 1 },
          },
          { expr: 'sum(ALERTS{alertstate="firing"}) or vector(0)', legend: 'firing' },
        ),
      ],
    },
    {
      title: 'Rate, errors, duration: by route',
      panels: [
        graph(
          {
            title: 'Rate',
            description:
              'Requests a second, one line for each route. A route is a template: all courses share one line. Compare with the same time yesterday before you call something a peak.',
            unit: 'reqps',
            width: 12,
            stacked: true,
          },
          { expr: `sum by (method, route) (rate(${REQUESTS}[$__rate_interval]))`, legend: '{{method}} {{route}}' },
        ),
        graph(
          {
            title: 'Errors',
            description:
              "The share of each route's requests that were answered with a 5xx. One line up: that route, or what it alone uses, is broken. All up: something that they share, such as the database.",
            unit: 'percentunit',
            width: 12,
            thresholds: { warn: 0.005, bad: 0.05 },
          },
          {
            expr: ratio('method, route', FAILED, REQUESTS),
            legend: '{{method}} {{route}}',
          },
        ),
        graph(
          {
            title: 'Duration, p95',
            description:
              'Nineteen requests in twenty took at most this long. Each dot is one request (an exemplar, from phase 5 on): click it to see its trace. A dot far above its line is one of the slow ones, and the one to look at.',
            unit: 's',
            width: 12,
            thresholds: { warn: 1 },
          },
          {
            expr: p95('method, route', BUCKETS),
            legend: '{{method}} {{route}}',
            exemplars: true,
          },
        ),
        graph(
          {
            title: 'Answers by status',
            description:
              'What callers were told. 4xx that rise alone point at a caller; 409 on bookings are sold-out batches; 503 says that the database or the event loop cannot keep up.',
            unit: 'reqps',
            width: 12,
            stacked: true,
          },
          { expr: `sum by (status) (rate(${REQUESTS}[$__rate_interval]))`, legend: '{{status}}' },
        ),
        heat(
          {
            title: 'Duration, every request',
            description:
              'From bottom to top the buckets of the histogram, from left to right the time; the brighter, the more requests. Two bands are two kinds of requests, which one percentile would blend. Dots are exemplars: single requests with a trace.',
            unit: 's',
            width: 24,
          },
          { expr: `sum by (le) (rate(${BUCKETS}[$__rate_interval]))`, legend: '{{le}}', exemplars: true },
        ),
      ],
    },
    {
      title: 'Rate, errors, duration: gRPC',
      panels: [
        graph(
          {
            title: 'gRPC: rate',
            description:
              'Calls a second by method. In one process only direct gRPC clients show here; behind a gateway every booking does.',
            unit: 'reqps',
            width: 8,
          },
          {
            expr: 'sum by (service, method) (rate(grpc_server_request_total{job=~"$job"}[$__rate_interval]))',
            legend: '{{service}}/{{method}}',
          },
        ),
        graph(
          {
            title: 'gRPC: errors',
            description:
              'The share of calls that ended with a status that puts the server at fault, such as UNAVAILABLE or INTERNAL. NOT_FOUND and FAILED_PRECONDITION (sold out) are answers, not errors.',
            unit: 'percentunit',
            width: 8,
            thresholds: { warn: 0.005, bad: 0.05 },
          },
          {
            expr: ratio(
              'service, method',
              `grpc_server_request_total{job=~"$job", ${SERVER_FAULTS}}`,
              'grpc_server_request_total{job=~"$job"}',
            ),
            legend: '{{service}}/{{method}}',
          },
        ),
        graph(
          {
            title: 'gRPC: duration, p95',
            description:
              'Nineteen calls in twenty took at most this long. The difference to the duration of the route that calls it is what the gateway and the network take.',
            unit: 's',
            width: 8,
            thresholds: { warn: 1 },
          },
          {
            expr: p95('service, method', 'grpc_server_request_duration_seconds_bucket{job=~"$job"}'),
            legend: '{{service}}/{{method}}',
          },
        ),
      ],
    },
    {
      title: 'Saturation: what runs out first',
      panels: [
        graph(
          {
            title: 'CPU',
            description:
              'Cores in use. JavaScript runs on one, so an instance that stays near 1 is full, even if the machine is not.',
            unit: 'none',
            width: 8,
            thresholds: { warn: 0.7, bad: 0.9 },
          },
          {
            expr: 'rate(process_cpu_seconds_total{job=~"$job"}[$__rate_interval])',
            legend: '{{job}} {{instance}}',
          },
        ),
        graph(
          {
            title: 'Event loop lag, p99',
            description:
              'How late the event loop gets to what is due. About 10 ms is what an idle process measures. Above 100 ms every request waits for something that keeps the thread busy.',
            unit: 's',
            width: 8,
            thresholds: { warn: 0.05, bad: 0.1 },
          },
          { expr: 'nodejs_eventloop_lag_p99_seconds{job=~"$job"}', legend: '{{job}} {{instance}}' },
        ),
        graph(
          {
            title: 'Memory',
            description:
              'What the operating system has given to the process. It goes up and down with garbage collection; a line that only ever climbs is a leak. Node runtime has the parts.',
            unit: 'bytes',
            width: 8,
          },
          { expr: 'process_resident_memory_bytes{job=~"$job"}', legend: '{{job}} {{instance}}' },
        ),
        graph(
          {
            title: 'Requests in progress',
            description:
              "Requests that are being served at the moment of each scrape. By Little's law it is the rate times the mean duration: when it rises, one of the two has.",
            unit: 'none',
            width: 12,
          },
          { expr: 'http_server_requests_active{job=~"$job"}', legend: '{{job}} {{instance}}: HTTP' },
          {
            expr: 'sum by (job, instance) (grpc_server_requests_in_flight{job=~"$job"})',
            legend: '{{job}} {{instance}}: gRPC',
          },
        ),
        graph(
          {
            title: 'Calls to other services, p95',
            description:
              "How long the services that this one calls over HTTP take, from OpenTelemetry's instrumentation of fetch (/metrics/otel, phase 5). If a route is slow and this is too, look there, not here.",
            unit: 's',
            width: 12,
            thresholds: { warn: 1 },
          },
          {
            expr: p95('server_address, http_response_status_code', 'http_client_request_duration_bucket'),
            legend: '{{server_address}} {{http_response_status_code}}',
          },
        ),
      ],
    },
  ],
})
