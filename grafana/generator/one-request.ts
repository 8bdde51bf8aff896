import { LogsSortOrder } from '@grafana/grafana-foundation-sdk/common'
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import * as logs from '@grafana/grafana-foundation-sdk/logs'
import * as loki from '@grafana/grafana-foundation-sdk/loki'
import * as table from '@grafana/grafana-foundation-sdk/table'
import { dashboardOf } from './dashboard.ts'
import { customTarget, described, graph, JAEGER, LOKI, type Panel } from './panels.ts'
import { OF_USERS, p95, quantile, ratio } from './promql.ts'
import { job, route } from './variables.ts'

/** Lines of any service that have the trace id or the request id entered. */
const LINES =
  '{service=~".+"} | (trace_id!="" and trace_id="$trace_id") or (request_id!="" and request_id="$request_id")'
const BUCKETS = `http_server_request_duration_seconds_bucket{job=~"$job", route=~"$route", ${OF_USERS}}`
const REQUESTS = `http_server_request_count_total{job=~"$job", route=~"$route", ${OF_USERS}}`
const FAILED = `http_server_request_count_total{job=~"$job", route=~"$route", ${OF_USERS}, status=~"5.."}`

/** Fields of a request log line, without the ids and the service. */
const FIELDS = ['time', 'method', 'path', 'route', 'rpc', 'status', 'grpc_status', 'latency']
const COLUMNS = [...FIELDS, 'service', 'trace_id', 'request_id']

/** One request: its trace, its log lines, and the metrics of its route. */
export const oneRequest = dashboardOf({
  uid: 'one-request',
  title: 'One request',
  description:
    'Put a trace id (of a log line, or of an exemplar) or a request id (the x-request-id of an answer) into its box. With one of them the first table tells the other.',
  variables: [
    new dashboard.TextBoxVariableBuilder('trace_id').label('Trace id').defaultValue(''),
    new dashboard.TextBoxVariableBuilder('request_id').label('Request id').defaultValue(''),
    job,
    route,
    new dashboard.CustomVariableBuilder('service')
      .label('Service that got it first')
      .values('course-app,gateway,course,partner')
      .current({ selected: true, text: 'course-app', value: 'course-app' }),
  ],
  rows: [
    { title: 'The request', panels: [requestLines(), tracesOfRequestId()] },
    { title: 'Its trace: where the time went', panels: [traceView()] },
    { title: 'Its logs: what happened', panels: [logLines()] },
    {
      title: 'Its route: was it the only one?',
      panels: [
        graph(
          {
            title: 'Rate of its route',
            description: 'Requests a second. Choose the route above, or click it in the table at the top.',
            unit: 'reqps',
            width: 8,
          },
          { expr: `sum by (route, status) (rate(${REQUESTS}[$__rate_interval]))`, legend: '{{route}} {{status}}' },
        ),
        graph(
          {
            title: 'Errors of its route',
            description:
              'The share answered with a 5xx. If this is 0 and your request failed, it was alone: look at its trace. If not, look at what all of them have in common.',
            unit: 'percentunit',
            width: 8,
            thresholds: { warn: 0.005, bad: 0.05 },
          },
          {
            expr: ratio('route', FAILED, REQUESTS),
            legend: '{{route}}',
          },
        ),
        graph(
          {
            title: 'Duration of its route',
            description:
              'Half of the requests were faster than p50, nineteen in twenty faster than p95. Dots are single requests with a trace: compare yours with one that was fast.',
            unit: 's',
            width: 8,
            thresholds: { warn: 1 },
          },
          {
            expr: p95('route', BUCKETS),
            legend: '{{route}}: p95',
            exemplars: true,
          },
          {
            expr: quantile(0.5, 'route', BUCKETS),
            legend: '{{route}}: p50',
          },
        ),
      ],
    },
  ],
})

/** The request log as a table with links. */
function requestLines(): Panel {
  const options = {
    title: 'Who answered it',
    description:
      'The line "request completed" or "call completed" of every service that took part. Click the trace id to see its trace below, the route to see how others on it fared.',
    unit: 'none',
    width: 16,
    height: 6,
  }
  const lead = (title: string, url: string) => [{ id: 'links', value: [{ title, url }] }]
  return described(new table.PanelBuilder(), options, LOKI)
    .targets([
      new loki.DataqueryBuilder()
        .expr(`${LINES} |~ "(request|call) completed" | json ${FIELDS.join(', ')}`)
        .queryType('range')
        .maxLines(50),
    ])
    .withTransformation({
      id: 'extractFields',
      options: { source: 'labels', format: 'auto', keepTime: false, replace: true },
    })
    .withTransformation({
      id: 'organize',
      options: {
        indexByName: Object.fromEntries(COLUMNS.map((name, index) => [name, index])),
        excludeByName: { level: true, span_id: true },
      },
    })
    .overrideByName(
      'trace_id',
      lead(
        'Show this trace',
        `/d/one-request?\${__url_time_range}&\${request_id:queryparam}&var-trace_id=\${__value.raw}`,
      ),
    )
    .overrideByName(
      'request_id',
      lead(
        'Show this request id',
        `/d/one-request?\${__url_time_range}&\${trace_id:queryparam}&var-request_id=\${__value.raw:percentencode}`,
      ),
    )
    .overrideByName(
      'route',
      lead(
        'Show this route',
        `/d/one-request?\${__url_time_range}&\${trace_id:queryparam}&\${request_id:queryparam}&var-route=\${__value.raw:percentencode}`,
      ),
    )
    .overrideByName('latency', [{ id: 'unit', value: 'ms' }])
}

/** Before phase 5 log lines have no trace id, but spans have the request id. */
function tracesOfRequestId(): Panel {
  const options = {
    title: 'Traces with this request id',
    description:
      "Jaeger's search for spans whose attribute course_app.request_id is what you entered, in the service chosen above. Works in phase 4 too, where log lines have no trace id. Click a trace to open it.",
    unit: 'none',
    width: 8,
    height: 6,
  }
  const search = { queryType: 'search', service: '$service', tags: 'course_app.request_id="$request_id"', limit: 20 }
  return described(new table.PanelBuilder(), options, JAEGER).targets([customTarget(search)])
}

function traceView(): Panel {
  const options = {
    title: 'Trace',
    description:
      'Each bar is a span: a piece of work, below the one that waited for it. Look for the longest bar that has nothing below it. Red is an error; click a span for its attributes and events, and its logs. Empty without a trace id: with a request id, click the trace id in the table above.',
    unit: 'none',
    width: 24,
    height: 14,
  }
  return described(new dashboard.PanelBuilder().type('traces'), options, JAEGER).targets([
    customTarget({ query: '$trace_id' }),
  ])
}

function logLines(): Panel {
  const options = {
    title: 'Logs',
    description:
      'Every line of every service that has the id, oldest first. A line is JSON: open it to see its fields. With LOG_LEVEL=debug each SQL statement is a line.',
    unit: 'none',
    width: 24,
    height: 10,
  }
  return described(new logs.PanelBuilder(), options, LOKI)
    .targets([new loki.DataqueryBuilder().expr(LINES).queryType('range').maxLines(1000)])
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Ascending)
}
