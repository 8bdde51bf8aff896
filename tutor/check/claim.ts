import type { LogLine } from '../../testkit/log-file.ts'
import type { Exposition } from '../../testkit/openmetrics.ts'
import type { ReceivedSpan } from '../../testkit/received-span.ts'

export type { LogLine, ReceivedSpan }

/** A statement of a lesson about the running server, and how to verify it from outside. */
export interface Claim {
  /** A sentence without a full stop. */
  readonly title: string
  /** What must be observed for it to hold. */
  readonly expected: string
  /** Where to look when it does not hold. */
  readonly hint: string
  /** An error that it throws means that the claim does not hold. */
  check(server: RunningServer): Promise<Finding>
}

export interface Finding {
  readonly ok: boolean
  /** The observation, shown when the claim does not hold. */
  readonly seen: unknown
}

/** A complete answer of the server. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text parsed as JSON; undefined if it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: each claim knows the shape it expects
  readonly body: any
}

/** The server under check: its answers, log lines, metrics and spans. */
export interface RunningServer {
  /** Sends a request to a path of the server. */
  request(path: string, options?: RequestOptions): Promise<Answer>
  /** Lines logged since the check of this claim began. */
  logLines(file?: 'app' | 'partner'): Promise<readonly LogLine[]>
  /** The first of these lines that matches. Polls for it until a timeout; then undefined. */
  logLine(fits: (line: LogLine) => boolean, file?: 'app' | 'partner'): Promise<LogLine | undefined>
  /** The metrics, parsed strictly. `accept` is the `Accept` header of the scrape. */
  scrape(path?: string, accept?: string): Promise<Exposition>
  /**
   * Sends a request as the continuation of a trace and returns the spans of that trace. Polls until at least `spans`
   * of them have arrived (default 1), including the span of the request itself.
   */
  traced(path: string, options?: RequestOptions & { readonly spans?: number }): Promise<Traced>
  /**
   * Pipelines a POST without a body to each path, as continuations of one trace. Returns the spans of that trace and
   * of the traces that its spans link to.
   */
  tracedPipelined(paths: readonly string[]): Promise<readonly ReceivedSpan[]>
  /** Polls until the condition is true. Returns false after a timeout. */
  eventually(condition: () => boolean | Promise<boolean>): Promise<boolean>
}

export interface RequestOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly signal?: AbortSignal
}

/** A request with its answer and its spans. */
export interface Traced {
  readonly answer: Answer
  readonly traceId: string
  /** The span id in the `traceparent` of the request. */
  readonly callerId: string
  readonly spans: readonly ReceivedSpan[]
  /** The span of the request itself, if it has arrived. */
  readonly entry: ReceivedSpan | undefined
}
