import type { Test } from 'tap'
import { ReceivedSpans } from './received-spans.ts'

/** A stand-in for a backend that takes spans. `Answer` is a status of its protocol. */
export interface SpanReceiver<Answer> {
  /** For the variable that tells the exporter where to send. */
  readonly endpoint: string
  readonly port: number
  readonly received: ReceivedSpans
  /** Requests so far, also those that were refused or left hanging. */
  readonly requests: number
  readonly waitForSpans: ReceivedSpans['waitForSpans']
  readonly waitForTrace: ReceivedSpans['waitForTrace']
  /** Answers with this status from now on; spans are kept only when it says that all is well. */
  respondWith(answer: Answer): void
  /** Of each request from now on so many spans are rejected, as OTLP allows. */
  rejectSpans(count: number): void
  /** Takes so many milliseconds for each request from now on. */
  slowDown(ms: number): void
  /** Accepts requests and never answers, until `respondWith`. */
  hang(): void
  /** Closes the port and all connections. Happens by itself at the end of the test. */
  stop(): Promise<void>
}

/** What a receiver has got and how it is to answer: what its server reads and writes. */
export class Inbox<Answer> {
  readonly received = new ReceivedSpans()
  /** What is wrong with requests that the protocol does not allow. The test fails with them at its end. */
  readonly problems: unknown[] = []
  requests = 0
  /** How many spans of each request are not taken. */
  rejected = 0
  /** How long an answer takes, in milliseconds. */
  delayMs = 0

  constructor(public answer: Answer | 'hang') {}
}

/** The server that fills an inbox. */
export interface ReceivingServer extends Pick<SpanReceiver<never>, 'endpoint' | 'port' | 'stop'> {
  /** What it receives, to complete "… were malformed". */
  readonly payload: string
}

/** Shows an inbox and its server to a test, and stops the server when the test is over. */
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
