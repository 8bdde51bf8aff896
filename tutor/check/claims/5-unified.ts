import { randomBytes } from 'node:crypto'
import type { Claim, RunningServer } from '../claim.ts'

const OPENMETRICS = 'application/openmetrics-text;version=1.0.0'

/** The claims of lesson 5, verified by `npm run check -- 5`. */
const claims: readonly Claim[] = [
  {
    title: 'A log line has the ids of its trace and of its span',
    expected: 'trace_id and span_id in the line "request completed", the same as those of the span that arrived',
    hint: 'trace-fields.ts adds them to the fields of the request.',
    async check(server) {
      const { traceId, entry } = await server.traced('/hello')
      const line = await server.logLine((one) => one.trace_id === traceId && one.message === 'request completed')
      const seen = { line: line ?? 'no line with the trace id', span: entry?.spanId ?? 'no span' }
      return { ok: entry !== undefined && line?.span_id === entry.spanId, seen }
    },
  },
  {
    title: 'A histogram shows a trace beside its bucket',
    expected: 'an exemplar with the trace id of a slow request, and its duration',
    hint: 'exemplars.ts gives it to the histogram. Only OpenMetrics has exemplars.',
    async check(server) {
      const { traceId, entry } = await server.traced('/slow?ms=700')
      const exemplar = await exemplarWith(server, traceId)
      const ok = exemplar !== undefined && exemplar.value >= 0.69 && exemplar.labels.span_id === entry?.spanId
      return { ok, seen: exemplar ?? 'no exemplar with this trace id' }
    },
  },
  {
    title: 'A trace that is not sampled is no exemplar, for nobody could find it',
    expected: 'no exemplar with the trace id of a request whose traceparent ends in 00, and one with 01',
    hint: '`exemplarOf` in exemplars.ts looks at the trace flags.',
    async check(server) {
      const [hidden, shown] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')]
      await server.request('/slow?ms=1100', { headers: { traceparent: `00-${hidden}-${'1'.repeat(16)}-00` } })
      const before = await exemplarWith(server, hidden)
      await server.request('/slow?ms=1100', { headers: { traceparent: `00-${shown}-${'1'.repeat(16)}-01` } })
      const after = await exemplarWith(server, shown)
      return { ok: before === undefined && after !== undefined, seen: { unsampled: before, sampled: after } }
    },
  },
  {
    title: 'The other service logs with the same trace id',
    expected: 'a line "request completed" in partner.log with the trace id of the request to /propagation',
    hint: 'The partner runs the same phase and continues the trace. Its log is beside the app’s.',
    async check(server) {
      const { traceId } = await server.traced('/propagation', { spans: 5 })
      const line = await server.logLine(
        (one) => one.trace_id === traceId && one.path === '/hop' && one.status === 200,
        'partner',
      )
      return { ok: line?.service === 'partner', seen: line ?? 'no such line' }
    },
  },
  {
    title: 'Baggage travels with the request',
    expected: 'the header baggage: tenant=acme at both hops, HTTP and gRPC',
    hint: 'The composite propagator in index.ts has one for baggage.',
    async check(server) {
      const { body } = await server.request('/propagation', { headers: { baggage: 'tenant=acme' } })
      const received = ((body?.hops ?? []) as { baggage: string | null }[]).map(({ baggage }) => baggage)
      return { ok: received.length === 2 && received.every((one) => one === 'tenant=acme'), seen: received }
    },
  },
  {
    title: 'OpenTelemetry’s own metrics are at /metrics/otel',
    expected: 'http_server_request_duration_count one higher, and target_info with the service’s name',
    hint: 'otel-metrics.ts has the exporter and the route.',
    async check(server) {
      const labels = { http_route: '/hello', http_response_status_code: '200' }
      const before = await server.scrape('/metrics/otel')
      await server.request('/hello')
      const after = await server.scrape('/metrics/otel')
      const rise =
        after.total('http_server_request_duration_count', labels) -
        before.total('http_server_request_duration_count', labels)
      const service = after.samples('target_info')[0]?.labels.service_name
      return { ok: rise === 1 && service !== undefined, seen: { rise, service } }
    },
  },
  {
    title: 'An error is one story in all three',
    expected: 'for one request: a failed span, a line with the stack and the same ids, and a count with status 500',
    hint: 'Compare the trace id in logs/app.log with that of the span.',
    async check(server) {
      const labels = { route: '/error', status: '500' }
      const before = (await server.scrape()).total('http_server_request_count_total', labels)
      const { traceId, entry } = await server.traced('/error?status=500')
      const line = await server.logLine((one) => one.trace_id === traceId && one.err !== undefined)
      const rise = (await server.scrape()).total('http_server_request_count_total', labels) - before
      const ok = entry?.status.code === 'error' && line?.span_id === entry.spanId && rise === 1
      return { ok, seen: { span: entry?.status ?? 'no span', line: line ?? 'no line', rise } }
    },
  },
]

export default claims

async function exemplarWith(server: RunningServer, traceId: string) {
  const metrics = await server.scrape('/metrics', OPENMETRICS)
  return metrics
    .samples('http_server_request_duration_seconds_bucket')
    .flatMap(({ exemplar }) => exemplar ?? [])
    .find(({ labels }) => labels.trace_id === traceId)
}
