import type { Test } from 'tap'
import { ReceivedSpans } from './received-spans.ts'

/** A stand-in for a tracing backend. `Answer` is a status of its protocol. */
export interface SpanReceiver<Answer> {
  /** For the exporter's endpoint variable. */
  readonly endpoint: string
  readonly port: number
  readonly received: ReceivedSpans
  /** Requests so far, including refused and hanging ones. */
  readonly requests: number
  readonly waitForSpans: ReceivedSpans['waitForSpans']
  readonly waitForTrace: ReceivedSpans['waitForTrace']
  /** Answers with this status from now on; spans are kept only with a success status. */
  respondWith(answer: Answer): void
  /** Rejects this number of spans of each request from now on (OTLP partial success). */
  rejectSpans(count: number): void
  /** Delays each answer from now on by this number of milliseconds. */
  slowDown(ms: number): void
  /** Accepts requests and never answers, until `respondWith`. */
  hang(): void
  /** Closes the port and all connections, as the end of the test does anyway. */
  stop(): Promise<void>
}

/** A receiver's spans and its answer, shared with its server. */
export class Inbox<Answer> {
  readonly received = new ReceivedSpans()
  /** The errors of malformed requests, which fail the test at its end. */
  readonly problems: unknown[] = []
  requests = 0
  /** How many spans of each request are rejected. */
  rejected = 0
  /** The delay of an answer in milliseconds. */
  delayMs = 0

  constructor(public answer: Answer | 'hang') {}
}

/** The server that fills an inbox. */
export interface ReceivingServer extends Pick<SpanReceiver<never>, 'endpoint' | 'port' | 'stop'> {
  /** What it receives, to complete "… were malformed". */
  readonly payload: string
}

/** The receiver of an inbox and its server, which stops at the end of the test. */
export function receiverOf<Answer>(
  t: Pick<Test, 'teardown'>,
  inbox: Inbox<Answer>,
  { payload, endpoint, port, stop }: ReceivingServer,
): SpanReceiver<Answer> {
  const { received, problems } = inbox
  t.teardown(async () => {
    await stop()
    if (problems.length > 0) throw new AggregateError(problems, `${payload} were malformed: ${problems.join('; ')}`)
  })
  return {
    endpoint,
    port,
    received,
    get requests() {
      return inbox.requests
    },
    waitForSpans: received.waitForSpans.bind(received),
    waitForTrace: received.waitForTrace.bind(received),
    respondWith(answer) {
      inbox.answer = answer
    },
    rejectSpans(count) {
      inbox.rejected = count
    },
    slowDown(ms) {
      inbox.delayMs = ms
    },
    hang() {
      inbox.answer = 'hang'
    },
    stop,
  }
}
