import { ownAttribute } from './own-attribute.ts'
import { metricKey, seriesKey } from './series-key.ts'
import type { ChangedSeries, LogFields, LogLine, Span } from './wire.ts'

type Labels = Readonly<Record<string, string>>

/** The series that a request changed according to its own log lines and spans. */
export interface OwnSeries {
  /** By `metricKey`. */
  readonly series: ReadonlyMap<string, Pick<ChangedSeries, 'name' | 'type' | 'labels'>>
  /** Number of requests and calls of this service: one, and those that it sends to itself. */
  readonly requests: number
}

/** Booking events. */
const BOOKING = /\.booking\.(\w+)$/

/** The status label of a request without an answer, whose span has no status. */
const NO_ANSWER = 499

/**
 * Derives from a request's lines and spans the series that it counts in. The README documents the names of metrics, log
 * fields and attributes.
 *
 * @param service the service whose metrics are meant
 */
export function ownSeries(service: string, lines: readonly LogLine[], spans: readonly Span[]): OwnSeries {
  const series = new Map<string, Pick<ChangedSeries, 'name' | 'type' | 'labels'>>()
  const counter = (name: string, labels: Labels) =>
    series.set(seriesKey(name, labels), { name, type: 'counter', labels })
  const histogram = (name: string, labels: Labels) => {
    const one = { name: `${name}_count`, type: 'histogram', labels } as const
    series.set(metricKey(one), one)
  }
  const answered = { http: new Set<string>(), grpc: new Set<string>() }

  function http(id: string, method: unknown, route: unknown, status: unknown): void {
    answered.http.add(id)
    const labels = { method: String(method), route: String(route ?? 'unmatched'), status: String(status) }
    counter('http_server_request_count_total', labels)
    histogram('http_server_request_duration_seconds', labels)
  }
  function grpc(id: string, rpc: unknown, status: unknown): void {
    answered.grpc.add(id)
    const [service = '', method = ''] = String(rpc).split('/')
    const labels = { service, method, status_code: String(status) }
    counter('grpc_server_request_total', labels)
    histogram('grpc_server_request_duration_seconds', labels)
  }

  const fromLine = (id: string, fields: LogFields) => {
    if (fields.message === 'request completed') http(id, fields.method, fields.route, fields.status)
    if (fields.message === 'request refused') http(id, '_OTHER', undefined, fields.status)
    if (fields.message === 'call completed') grpc(id, fields.rpc, fields.grpc_status)
    const [, status] = /^booking (created|reserved|completed|failed|expired)$/.exec(fields.message ?? '') ?? []
    if (status !== undefined) counter('booking_status_total', { status })
  }
  const fromSpan = (span: Span) => {
    const { attributes: a, kind, events, span_id } = span
    if (kind === 'server' && a['http.request.method'] !== undefined)
      http(span_id, a['http.request.method'], a['http.route'], a['http.response.status_code'] ?? NO_ANSWER)
    if (kind === 'server' && a['rpc.method'] !== undefined) grpc(span_id, a['rpc.method'], a['rpc.status_code'])
    if (kind === 'client' && a['db.query.text'] !== undefined) {
      const outcome = span.status === 'error' ? 'error' : 'ok'
      const [operation, table] = [String(a['db.operation.name']), String(a['db.collection.name'] ?? '')]
      histogram('db_client_operation_duration_seconds', { operation, table, outcome })
    }
    const cached = ownAttribute(a, 'cache.outcome')
    if (cached !== undefined) {
      const operation = String(ownAttribute(a, 'cache.operation'))
      histogram('cache_operation_duration_seconds', { operation })
      if (cached !== 'ok') counter('cache_requests_total', { operation, result: String(cached) })
    }
    for (const { name } of events) {
      const [, status] = BOOKING.exec(name) ?? []
      if (status !== undefined) counter('booking_status_total', { status })
    }
  }

  for (const { fields, seq } of lines) if (fields.service === service) fromLine(fields.span_id ?? `line ${seq}`, fields)
  for (const span of spans) if (span.service === service) fromSpan(span)
  const count = (kind: 'http' | 'grpc') => {
    const spanIds = [...answered[kind]].filter((id) => !id.startsWith('line '))
    return spanIds.length > 0 ? spanIds.length : answered[kind].size
  }
  return { series, requests: count('http') + count('grpc') }
}
