/**
 * What the Lab's server side answers and streams, and its page reads. Types alone: both sides import them.
 *
 * Names are in snake_case, as everywhere in this API. Times are milliseconds since 1970 as numbers, with fractions;
 * durations of spans are milliseconds; what comes from metrics has the unit of the metric, so seconds.
 * Errors are problem details (RFC 9457). Every value may hold what a caller typed: it is text, never markup.
 *
 *   GET  /                              the page; in a service other than the course's at /lab
 *   GET  /lab/assets/{file}             its script, styles and icon: what the build has put into dist/lab/assets
 *   GET  /lab/api/state                 State
 *   GET  /lab/api/logs                  Logs       ?after=SEQ  lines after that one; ?limit=1…2000 the newest so many (2000)
 *                                                  ?request_id= ?trace_id=  only lines that have it
 *   GET  /lab/api/traces                Traces     ?route=GET /v1/courses (part of the root's name, whatever its case)
 *                                                  ?status=ok|error ?min_duration_ms= ?service= ?limit=1…300 (300)
 *   GET  /lab/api/traces/{trace_id}     Trace      404 when it is not here (any more)
 *   GET  /lab/api/service-map           ServiceMap of the traces that are here
 *   GET  /lab/api/metrics               Metrics    ?since=MS only samples after that time; 404 before phase 3
 *   POST /lab/api/marks                 Mark       remembers this moment; no body
 *   GET  /lab/api/story                 Story      ?request_id= or ?trace_id=, and/or ?before=MARK_ID&after=MARK_ID
 *   GET  /lab/api/events                Server-Sent Events, see Events; ?after=CURSOR or Last-Event-ID resumes
 *
 * How the page tells the story of a request that it sends: POST marks; send the request with an `x-request-id` of
 * its own that begins with `lab-` (traces of those are kept longest), which the answer repeats from phase 2 on;
 * POST marks again; GET story with the id and both marks. Phase 1 has no request ids: there the story has the lines
 * between the two marks, whosever they are, and says so (`found_by: 'window'`).
 */

/** The panels of the page. A phase has those of the phases before it too. */
export type Panel = 'logs' | 'request_ids' | 'metrics' | 'traces' | 'exemplars'

/** Answer of `state`, and the event of that name when something in it has changed. */
export interface State {
  /** Another one than before: the server was started again, and everything else starts anew too. */
  readonly instance: string
  readonly started_at: number
  /** Where a stream that is to miss nothing from here on begins: `?after=` of `events`. */
  readonly cursor: string
  /** The server's clock now. */
  readonly time: number
  readonly phase: { readonly number: number; readonly title: string }
  /** Whether this is the course's own app. Another service has neither its endpoints nor its commands. */
  readonly is_course: boolean
  /** All five, in order. */
  readonly phases: readonly PhaseSummary[]
  /** What there is to see in this phase; for the others `panel_phase` says when they come. */
  readonly panels: readonly Panel[]
  readonly panel_phase: Readonly<Record<Panel, number>>
  /** Paths of this service that a GET without parameters goes to; the first few. */
  readonly endpoints: readonly string[]
  /** `all` or `gateway`. */
  readonly role: string
  /** This server's name in logs and traces. */
  readonly service: string
  /** The level of the log: at `info` there are no lines for steps and SQL statements. */
  readonly log_level: string
  /** The processes whose logs and spans are here. The first is this one; metrics are this one's alone. */
  readonly sources: readonly Source[]
  /** Services that take part in requests and that the Lab cannot see, with the reason in a sentence. */
  readonly unseen: readonly { readonly service: string; readonly reason: string }[]
  readonly links: { readonly prometheus: Link; readonly grafana: Link; readonly jaeger: Link }
  /** What is kept at most. */
  readonly limits: { readonly lines: number; readonly traces: number; readonly samples: number }
}

export interface PhaseSummary {
  readonly number: number
  readonly title: string
  /** What it adds to the phase before, in a sentence. */
  readonly adds: string
  readonly folder: string
}

export interface Source {
  readonly service: string
  /** `false`: it does not answer at the moment, or has not been started yet. */
  readonly connected: boolean
}

/** A tool that shows the same for real. */
export interface Link {
  /** Its address for a browser; null when it is not configured. Without a slash at the end. */
  readonly url: string | null
  /** Whether it answered when it was last asked; null before that, or when not configured. */
  readonly reachable: boolean | null
}

/** A log line. */
export interface LogLine {
  /** Rises from line to line, not by one. Says only the order in which they have arrived here. */
  readonly seq: number
  /** The line as it was logged, but cut when it is very long: see `cut`. */
  readonly raw: string
  /** The same parsed, when it is a JSON object, which it always is unless cut; otherwise empty. */
  readonly fields: LogFields
  /** Whether it was too long for the Lab, which has shortened or left out values. The log itself has all of it. */
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
  /** `?after=` of the next question: the last line's `seq`, or what was asked for when there is none. */
  readonly next: number
  /** Whether lines after the one asked for are gone already, or were more than `limit`. */
  readonly gap: boolean
}

export type AttributeValue = string | number | boolean | readonly (string | number | boolean | null)[]
export type Attributes = Readonly<Record<string, AttributeValue>>

/** A finished span, in OpenTelemetry's terms. */
export interface Span {
  readonly trace_id: string
  readonly span_id: string
  /** null for a root. The parent may be somewhere that the Lab does not see. */
  readonly parent_span_id: string | null
  /** Whether the parent is in another process: an arrow, rather than an indentation. */
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
  /** Whether values were too long or too many for the Lab. What is sent to a backend has all of it. */
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
  /** All that took part, the top span's first. */
  readonly services: readonly string[]
  /** Whether its top span has ended; before that spans may still come. */
  readonly finished: boolean
  /** Whether a span has a parent that is not here: it was lost under load, or is in a service that the Lab does not see. */
  readonly incomplete: boolean
}

export interface Traces {
  /** Newest first. */
  readonly traces: readonly TraceSummary[]
  /** How many are here, whatever was searched for. */
  readonly total: number
}

export interface Trace extends TraceSummary {
  /** By start; a parent before its children where both start at once. */
  readonly all_spans: readonly Span[]
}

/** Who calls whom, from the spans that are here. */
export interface ServiceMap {
  readonly traces: number
  /** Services by name, and what they use: `postgresql`, `redis`, `memory` (the cache in the process). */
  readonly nodes: readonly { readonly name: string; readonly type: 'service' | 'database' | 'cache' | 'external' }[]
  readonly edges: readonly Calls[]
  /** Requests that came from outside, by the service that took them. */
  readonly entries: readonly (Omit<Calls, 'from'> & { readonly from: null })[]
}

export interface Calls {
  readonly from: string
  /** May be the same as `from`: a service that calls itself over the network. */
  readonly to: string
  readonly protocol: 'http' | 'grpc' | 'sql' | 'cache'
  readonly calls: number
  readonly errors: number
  /** Milliseconds, as the caller sees it; exact, not from a histogram. */
  readonly p50: number
  readonly p95: number
  readonly max: number
}

/** What the registry said at one moment. Counters are totals since the start: rate and percentiles are the reader's. */
export interface Sample {
  readonly time: number
  /** By route. A route is there from its first request on. */
  readonly routes: Readonly<Record<string, RouteTotals>>
  /** `http_server_requests_active`. */
  readonly active: number
  /** `cache_requests_total` of `operation="GET"`, by result. */
  readonly cache: { readonly hit: number; readonly miss: number; readonly error: number }
  /** `booking_status_total` by status: created, reserved, completed, failed, expired. */
  readonly bookings: Readonly<Record<string, number>>
  /** Event loop lag in seconds, of the time since the reading before: its 50th and 99th percentile. */
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
  /** As many as `Metrics.bounds`; each counts the smaller ones too, as Prometheus' `le` has it. */
  readonly buckets: readonly number[]
}

/** A request that stands for those in its bucket (phase 5). */
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
  /** Upper bounds of the duration's buckets in seconds, ascending; the last is null and stands for +Inf. */
  readonly bounds: readonly (number | null)[]
  /** Of the same time, oldest first. */
  readonly exemplars: readonly Exemplar[]
}

/** A moment, remembered so that what lies between two can be told. The last 16 are kept. */
export interface Mark {
  readonly mark_id: string
  readonly time: number
}

/** One request, seen in all that this phase has. */
export interface Story {
  /** How its lines were found. `window`: all lines between two marks, whosever they are. */
  readonly found_by: 'request_id' | 'trace_id' | 'window'
  readonly request_id: string | null
  readonly trace_id: string | null
  /** Oldest first, of all services. */
  readonly lines: readonly LogLine[]
  /** null before phase 4, and when it is not here: not sampled, or not any more. */
  readonly trace: Trace | null
  /** null before phase 3. */
  readonly metrics: MovedMetrics | null
  /** Whether it is over: its last line is there, and its top span. The server waits a second for that before it answers. */
  readonly complete: boolean
}

export interface MovedMetrics {
  /** null without two marks. */
  readonly readings: { readonly before: number; readonly after: number } | null
  /** How many other requests and calls ended between the readings. More than 0: their part is in the numbers too. */
  readonly others: number | null
  readonly series: readonly MovedSeries[]
}

export interface MovedSeries {
  /** As on /metrics, with `_total`, `_count`, `_sum` or `_bucket`. Buckets: only the smallest that the request fell into. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: Readonly<Record<string, string>>
  /** The readings; null when there are none. A series that was not there before has 0. */
  readonly before: number | null
  readonly after: number | null
  /**
   * Whether the request's own log line or spans say that it moved this series. Otherwise it is known only that the
   * series moved meanwhile. Without marks all are known this way.
   */
  readonly own: boolean
}

/**
 * The stream. Each event's `id` is a cursor to go on from. Events come in batches, some per second at most.
 * A reader that does not keep up is disconnected, and may come back with its last cursor.
 */
export interface Events {
  /** First, and when it changes. A cursor of another instance begins afresh. */
  readonly state: State
  readonly log: {
    readonly lines: readonly LogLine[]
    /** Whether lines between the batch before and this one were left out, because they were too many. */
    readonly gap: boolean
  }
  /** Traces that are new or have got more spans. */
  readonly trace: {
    readonly traces: readonly TraceSummary[]
    /** How many more changed and were left out. */
    readonly skipped: number
  }
  /** One a second, from phase 3 on. `exemplars`: those since the one before. */
  readonly metrics: { readonly sample: Sample; readonly exemplars: readonly Exemplar[] }
  /** Every five seconds: the connection is alive. */
  readonly heartbeat: { readonly time: number }
}
