import type { LogLine } from '../../testkit/log-file.ts'
import type { Exposition } from '../../testkit/openmetrics.ts'
import type { ReceivedSpan } from '../../testkit/received-span.ts'

export type { LogLine, ReceivedSpan }

/** One thing that a lesson says of the running server, and how to find out from outside whether it is so. */
export interface Claim {
  /** What is claimed, as a sentence without a full stop. */
  readonly title: string
  /** What must be seen for it to hold. */
  readonly expected: string
  /** Where to look when it does not hold. */
  readonly hint: string
  /** Tries it out. An error that it throws says that the claim does not hold. */
  look(server: RunningServer): Promise<Finding>
}

export interface Finding {
  readonly ok: boolean
  /** What was there instead; shown when the claim does not hold. */
  readonly seen: unknown
}

/** An answer of the server, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON; undefined if it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a claim says itself what it expects in there
  readonly body: any
}

/** The server that is checked: what it answers, logs, measures and traces. */
export interface RunningServer {
  /** Sends a request to a path of the server. A body is sent as JSON. */
  request(path: string, options?: RequestOptions): Promise<Answer>
  /** Lines of the log file that were written since this claim is being looked at. */
  logLines(file?: 'app' | 'partner'): Promise<readonly LogLine[]>
  /** The first of these lines that fits. Waits a moment for it; undefined if none comes. */
  logLine(fits: (line: LogLine) => boolean, file?: 'app' | 'partner'): Promise<LogLine | undefined>
  /** The metrics, parsed strictly. `accept` is the `Accept` header to ask with. */
  scrape(path?: string, accept?: string): Promise<Exposition>
  /**
   * Sends a request as the continuation of a trace, and gives the spans of that trace.
   * Waits a moment until there are at least `spans` of them (1 unless given), one for the request itself among them.
   */
  traced(path: string, options?: RequestOptions & { readonly spans?: number }): Promise<Traced>
  /**
   * Sends a POST without a body to each path, all at once, as continuations of one trace. Gives the spans of that
   * trace, and of the traces that its spans link to.
   */
  tracedAtOnce(paths: readonly string[]): Promise<readonly ReceivedSpan[]>
  /** Asks again and again for a moment, until the answer is true. Gives whether it became so. */
  eventually(condition: () => boolean | Promise<boolean>): Promise<boolean>
}

export interface RequestOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly signal?: AbortSignal
}

/** A request, and what came of it. */
export interface Traced {
  readonly answer: Answer
  readonly traceId: string
  /** The span id that the request gave as its caller's. */
  readonly callerId: string
  readonly spans: readonly ReceivedSpan[]
  /** The span of the request itself, if it has come. */
  readonly entry: ReceivedSpan | undefined
}
