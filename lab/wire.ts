import type { PartType } from '../query/explain/explanation.ts'

/**
 * The answers and the stream of the Lab's server, which the page reads. Types only, imported by both sides.
 *
 * Names are in snake_case, as everywhere in this API. Times are milliseconds since 1970 as numbers, with fractions;
 * durations of spans are milliseconds; what comes from metrics has the unit of the metric, so seconds.
 * Errors are problem details (RFC 9457). Every value may contain caller input: it is text, never markup.
 *
 *   GET  /                              the page; in other services at /lab
 *   GET  /lab/assets/{file}             its script, styles and icon
 *   GET  /lab/api/state                 State
 *   GET  /lab/api/logs                  Logs       ?after=SEQ  lines after that one; ?limit=1…2000 the newest so many (2000)
 *                                                  ?request_id= ?trace_id=  only lines that have it
 *   GET  /lab/api/traces                Traces     ?route=GET /v1/courses (part of the root's name, whatever its case)
 *                                                  ?status=ok|error ?min_duration_ms= ?service= ?limit=1…300 (300)
 *                                                  ?filter= as in filter/filter.ts ?from=MS ?to=MS of their start
 *   GET  /lab/api/span-keys             SpanKeys   of the stored traces, to complete a filter
 *   GET  /lab/api/traces/{trace_id}     Trace      404 when it is unknown or evicted
 *   GET  /lab/api/service-map           ServiceMap of the stored traces
 *   GET  /lab/api/metrics               Metrics    ?since=MS only samples after that time; 404 before phase 3
 *   POST /lab/api/marks                 Mark       stores the current position; no body
 *   GET  /lab/api/story                 Story      ?request_id= or ?trace_id=, and/or ?before=MARK_ID&after=MARK_ID
 *   GET  /lab/api/parse                 ParsedQuery ?language=promql|logql ?query=
 *   GET  /lab/api/explain               Explanation ?language=promql|logql ?query= ?time=S the moment (now), and for log
 *                                                  queries ?start=S; POST takes them as a form
 *   GET  /lab/api/events                Server-Sent Events, see Events; ?after=CURSOR or Last-Event-ID resumes
 *
 * The APIs of other tools, which answer and fail as those do, each by GET or by a form in a POST:
 *
 *   /lab/prometheus/api/v1/…            query, query_range, query_exemplars, series, labels, label/{name}/values, metadata,
 *                                       status/buildinfo: https://prometheus.io/docs/prometheus/latest/querying/api/
 *   /lab/prometheus/-/ready
 *   /lab/loki/api/v1/…                  query, query_range, series, labels, label/{name}/values, index/stats,
 *                                       status/buildinfo: https://grafana.com/docs/loki/latest/reference/loki-http-api/
 *
 * To get the story of a request, the page does POST marks; sends the request with a new `x-request-id` that begins
 * with `lab-` (their traces are kept longest), which the answer repeats from phase 2 on; does POST marks again; and
 * GETs the story with the id and both marks. Phase 1 has no request ids: there the story has all lines between the two marks,
 * also those of other requests (`found_by: 'window'`).
 */

export type {
  ExampleLine,
  Explanation,
  Language,
  MatrixItem,
  Part,
  PartResult,
  PartType,
  Point,
  QueryResult,
  StageResult,
  VectorItem,
} from '../query/explain/explanation.ts'

/** Whether a query can be read. */
export interface ParsedQuery {
  /** What it gives; null when it cannot be read. */
  readonly type: PartType | null
  readonly error: {
    /** The message that Prometheus or Loki would give. */
    readonly message: string
    /** Where, as an offset in JavaScript's string; null when it is not known. */
    readonly offset: number | null
  } | null
}

/** The panels of the page. A phase also has those of earlier phases. */
export type Panel = 'logs' | 'request_ids' | 'metrics' | 'traces' | 'exemplars'

/** Answer of `state`, and the event of that name when it changes. */
export interface State {
  /** Changes with a restart of the server, which invalidates everything else. */
  readonly instance: string
  readonly started_at: number
  /** `?after=` of `events` for a stream that continues from this state. */
  readonly cursor: string
  /** Current time of the server. */
  readonly time: number
  readonly phase: { readonly number: number; readonly title: string }
  /** Whether this is the course's own app, with its endpoints and commands. */
  readonly is_course: boolean
  /** Whether the server has lessons, exercises and drills, at `/lab/api/learn`. */
  readonly learn: boolean
  /** All five, in order. */
  readonly phases: readonly PhaseSummary[]
  /** The panels of this phase; `panel_phase` has the phases of the others. */
  readonly panels: readonly Panel[]
  readonly panel_phase: Readonly<Record<Panel, number>>
  /** The first few paths of this service that accept a GET without parameters. */
  readonly endpoints: readonly string[]
  /** `all` or `gateway`. */
  readonly role: string
  /** This server's name in logs and traces. */
  readonly service: string
  /** The level of the log: at `info` there are no lines for steps and SQL statements. */
  readonly log_level: string
  /** The processes whose logs and spans are available. The first is this one; metrics are only from this one. */
  readonly sources: readonly Source[]
  /** Services whose telemetry is not available here, with the reason in a sentence. */
  readonly unseen: readonly { readonly service: string; readonly reason: string }[]
  readonly links: { readonly prometheus: Link; readonly grafana: Link; readonly jaeger: Link }
  /** Limits of the buffers. */
  readonly limits: { readonly lines: number; readonly traces: number; readonly samples: number }
}

export interface PhaseSummary {
  readonly number: number
  readonly title: string
  /** What it adds to the previous phase, in a sentence. */
  readonly adds: string
  readonly folder: string
}

export interface Source {
  readonly service: string
  /** `false`: it does not answer, or has not been started yet. */
  readonly connected: boolean
}

/** A production tool for the same telemetry. */
export interface Link {
  /** Its address for a browser, without a trailing slash; null when it is not configured. */
  readonly url: string | null
  /** Result of the last check; null before it, or when not configured. */
  readonly reachable: boolean | null
}

/** A log line. */
export interface LogLine {
  /** Increases from line to line, not by one. It is the order of arrival. */
  readonly seq: number
  /** The logged line, truncated when it is very long: see `cut`. */
  readonly raw: string
  /** The parsed line; empty when it is not a JSON object. */
  readonly fields: LogFields
  /** Whether the Lab truncated or dropped values. The log itself is complete. */
  readonly cut: boolean
}

/** README, "Log fields". */
export interface LogFields {
  readonly level?: string
  /** RFC 3339. */
  readonly time?: string
  readonly service?: string
  readonly message?: string
  readonly request_id?: string
  readonly trace_id?: string
  readonly span_id?: string
  readonly method?: string
  readonly path?: string
  readonly route?: string
  readonly status?: number
  /** Milliseconds. */
  readonly latency?: number
  readonly err?: { readonly type?: string; readonly message?: string; readonly stack?: string }
  readonly [field: string]: unknown
}

export interface Logs {
  /** Oldest first. */
  readonly lines: readonly LogLine[]
  /** `?after=` of the next request: the last line's `seq`, or the given one without lines. */
  readonly next: number
  /** Whether lines after the given one were evicted, or were more than `limit`. */
  readonly gap: boolean
}

export type AttributeValue = string | number | boolean | readonly (string | number | boolean | null)[]
export type Attributes = Readonly<Record<string, AttributeValue>>

/** A finished span, in OpenTelemetry's terms. */
export interface Span {
  readonly trace_id: string
  readonly span_id: string
  /** null for a root. The parent may be in a service that the Lab cannot see. */
  readonly parent_span_id: string | null
  /** Whether the parent is in another process: shown as an arrow instead of indentation. */
  readonly parent_is_remote: boolean
  readonly service: string
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  readonly start: number
  /** Milliseconds. */
  readonly duration: number
  readonly status: 'unset' | 'ok' | 'error'
  readonly status_message?: string
  readonly attributes: Attributes
  readonly events: readonly { readonly name: string; readonly time: number; readonly attributes: Attributes }[]
  readonly links: readonly { readonly trace_id: string; readonly span_id: string; readonly attributes: Attributes }[]
  /** Whether the Lab truncated or dropped values. The exported span is complete. */
  readonly cut: boolean
}

export interface TraceSummary {
  readonly trace_id: string
  /** Name and service of the span at the top: `GET /slow`. */
  readonly name: string
  readonly service: string
  readonly start: number
  /** Milliseconds from the first start to the last end. */
  readonly duration: number
  /** Whether any span failed. */
  readonly status: 'ok' | 'error'
  /** `http.route` of the top span. */
  readonly route?: string
  /** `http.request.method` of the top span. */
  readonly method?: string
  /** `http.response.status_code` of the top span. */
  readonly http_status?: number
  readonly request_id?: string
  readonly spans: number
  readonly errors: number
  /** All services in the trace, the top span's first. */
  readonly services: readonly string[]
  /** Whether its top span has ended; until then more spans may arrive. */
  readonly finished: boolean
  /** Whether a span's parent is missing: lost under load, or in a service that the Lab cannot see. */
  readonly incomplete: boolean
}

export interface Traces {
  /** Newest first. */
  readonly traces: readonly TraceSummary[]
  /** Number of stored traces, whatever the search. */
  readonly total: number
}

/** What spans can be filtered by: their attributes, and those of their events. */
export interface SpanKeys {
  readonly keys: readonly KnownKey[]
}

export interface KnownKey {
  readonly name: string
  /** Some of its values. */
  readonly values: readonly string[]
}

export interface Trace extends TraceSummary {
  /** By start; with equal starts, parents before their children. */
  readonly all_spans: readonly Span[]
}

/** The calls between services, from the stored spans. */
export interface ServiceMap {
  readonly traces: number
  /** Services by name, and their backends: `postgresql`, `redis`, `memory` (the cache in the process). */
  readonly nodes: readonly { readonly name: string; readonly type: 'service' | 'database' | 'cache' | 'external' }[]
  readonly edges: readonly Calls[]
  /** Requests from outside, by the service that received them. */
  readonly entries: readonly (Omit<Calls, 'from'> & { readonly from: null })[]
}

export interface Calls {
  readonly from: string
  /** Equal to `from` when a service calls itself over the network. */
  readonly to: string
  readonly protocol: 'http' | 'grpc' | 'sql' | 'cache'
  readonly calls: number
  readonly errors: number
  /** Milliseconds, measured by the caller; exact, not from a histogram. */
  readonly p50: number
  readonly p95: number
  readonly max: number
}

/** A reading of the registry. Counters are totals since the start; the reader computes rates and percentiles. */
export interface Sample {
  readonly time: number
  /** By route, from its first request on. */
  readonly routes: Readonly<Record<string, RouteTotals>>
  /** `http_server_requests_active`. */
  readonly active: number
  /** `cache_requests_total` of `operation="GET"`, by result. */
  readonly cache: { readonly hit: number; readonly miss: number; readonly error: number }
  /** `booking_status_total` by status: created, reserved, completed, failed, expired. */
  readonly bookings: Readonly<Record<string, number>>
  /** Event loop lag in seconds since the previous reading: 50th and 99th percentile. */
  readonly event_loop_lag: { readonly p50: number; readonly p99: number }
}

/** `http_server_request_count_total` and `http_server_request_duration_seconds` of one route. */
export interface RouteTotals {
  readonly requests: number
  /** Answered with 4xx, and with 5xx. */
  readonly client_errors: number
  readonly server_errors: number
  /** Seconds. */
  readonly duration_sum: number
  /** Cumulative, like Prometheus' `le`; one per `Metrics.bounds`. */
  readonly buckets: readonly number[]
}

/** A request as an example of its bucket (phase 5). */
export interface Exemplar {
  readonly trace_id: string
  readonly span_id: string
  readonly time: number
  /** Seconds. */
  readonly value: number
  readonly method: string
  readonly route: string
  readonly status: string
}

export interface Metrics {
  /** One a second, oldest first, of at most the last 15 minutes. */
  readonly samples: readonly Sample[]
  /** Upper bounds of the duration's buckets in seconds, ascending; the last is null for +Inf. */
  readonly bounds: readonly (number | null)[]
  /** Of the same period, oldest first. */
  readonly exemplars: readonly Exemplar[]
}

/** A stored position, to compare the time between two marks. The last 16 are kept. */
export interface Mark {
  readonly mark_id: string
  readonly time: number
}

/** One request in all telemetry of this phase. */
export interface Story {
  /** How its lines were found. `window`: all lines between two marks, also of other requests. */
  readonly found_by: 'request_id' | 'trace_id' | 'window'
  readonly request_id: string | null
  readonly trace_id: string | null
  /** Oldest first, of all services. */
  readonly lines: readonly LogLine[]
  /** null before phase 4, and when it is unsampled or evicted. */
  readonly trace: Trace | null
  /** null before phase 3. */
  readonly metrics: ChangedMetrics | null
  /** Whether its last line and its top span have arrived. The server waits up to a second for them before it answers. */
  readonly complete: boolean
}

export interface ChangedMetrics {
  /** null without two marks. */
  readonly readings: { readonly before: number; readonly after: number } | null
  /** Other requests and calls that ended between the readings. If more than 0, the numbers include them. */
  readonly others: number | null
  readonly series: readonly ChangedSeries[]
}

export interface ChangedSeries {
  /** As on /metrics, with `_total`, `_count`, `_sum` or `_bucket`. Of buckets only the smallest that fits the request. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: Readonly<Record<string, string>>
  /** The readings; null without marks. A new series has 0 before. */
  readonly before: number | null
  readonly after: number | null
  /**
   * Whether the request's own log line or spans show that it changed this series. Otherwise the series merely changed
   * during the request. Always true without marks.
   */
  readonly own: boolean
}

/**
 * The stream. Each event's `id` is a cursor to resume from. Events come in batches, a few per second at most. A slow
 * reader is disconnected, and may reconnect with its last cursor.
 */
export interface Events {
  /** The first event, and after changes. A cursor of another instance starts over. */
  readonly state: State
  readonly log: {
    readonly lines: readonly LogLine[]
    /** Whether too many lines since the previous batch were dropped. */
    readonly gap: boolean
  }
  /** Traces that are new or have more spans. */
  readonly trace: {
    readonly traces: readonly TraceSummary[]
    /** Number of further changed traces that were left out. */
    readonly skipped: number
  }
  /** One a second, from phase 3 on. `exemplars`: those since the previous one. */
  readonly metrics: { readonly sample: Sample; readonly exemplars: readonly Exemplar[] }
  /** Every five seconds: the connection is alive. */
  readonly heartbeat: { readonly time: number }
}
