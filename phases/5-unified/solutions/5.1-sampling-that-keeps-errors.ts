/**
 * Exercise 5.1: Sampling that keeps all errors
 *
 * Keeping every trace has become too expensive, so one in ten is kept, at random. Now nine out of ten traces with an
 * error are gone, and those are the ones you look for. And because each service makes its own random choice, of most
 * traces only a part is left.
 *
 * Write the rule. Keep a trace if any of its spans has status ERROR. Of the others keep one in ten, and let the trace id
 * decide: it is random already, and every service sees the same one.
 *
 * Whether there is an error is known when the trace is over. So the spans wait here until the service's first span, its
 * root, has ended. That is called tail sampling.
 *
 * The rule sees the spans of one service. A service keeps all traces that failed in it, but of the traces that failed
 * only elsewhere it keeps one in ten, so nine in ten of those stay incomplete. To keep failed traces whole, the rule has
 * to run where the spans of all services meet: in a collector.
 *
 * Where to look: https://opentelemetry.io/docs/concepts/sampling/#tail-sampling. The last eight digits of a trace
 * id are a number below 2 ** 32, in hexadecimal.
 */
import { SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node'

/** How many of the traces without an error are kept. */
const SHARE = 0.1

/** @param spans all spans that this process made for one trace */
function isKept(traceId: string, spans: readonly ReadableSpan[]): boolean {
  // Exercise 5.1: your part begins
  if (spans.some(({ status }) => status.code === SpanStatusCode.ERROR)) return true
  return Number.parseInt(traceId.slice(-8), 16) < SHARE * 2 ** 32
  // Exercise 5.1: your part ends
}

/** Traces that never end must not fill the memory: beyond this number the oldest are dropped. */
const MAX_WAITING = 10_000

/** Passes the spans of the kept traces on to `next`. */
export class TailSampler implements SpanProcessor {
  readonly #next: SpanProcessor
  /** The spans of traces whose root has not ended yet. */
  readonly #waiting = new Map<string, ReadableSpan[]>()

  constructor(next: SpanProcessor) {
    this.#next = next
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    const { traceId } = span.spanContext()
    const spans = [...(this.#waiting.get(traceId) ?? []), span]
    const isRoot = span.parentSpanContext === undefined || span.parentSpanContext.isRemote === true
    if (!isRoot) {
      this.#wait(traceId, spans)
      return
    }
    this.#waiting.delete(traceId)
    if (isKept(traceId, spans)) for (const kept of spans) this.#next.onEnd(kept)
  }

  #wait(traceId: string, spans: ReadableSpan[]): void {
    this.#waiting.set(traceId, spans)
    const [oldest] = this.#waiting.keys()
    if (this.#waiting.size > MAX_WAITING && oldest !== undefined) this.#waiting.delete(oldest)
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush()
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown()
  }
}
