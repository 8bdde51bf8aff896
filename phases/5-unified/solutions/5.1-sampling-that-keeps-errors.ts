/**
 * Exercise 5.1: Sampling that keeps all errors
 *
 * To keep every trace has become too expensive, so one in ten is kept, by throwing dice. Now the traces that
 * one looks for, those with an error, are gone nine times out of ten; and because each service throws its own
 * dice, of most traces only a part is left.
 *
 * Write the rule. Keep a trace if any of its spans has status ERROR. Of the others keep one in ten, and let the
 * trace id decide: it is random already, and every service sees the same one.
 *
 * Whether there is an error is known when the trace is over, so the spans wait here until its first span, the
 * root, has ended. That is called tail sampling; a collector does the same for many services.
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

/** Spans of traces that never end must not eat the memory: of more traces than this the oldest are let go. */
const MAX_WAITING = 10_000

/** Passes the spans of the traces that are kept on to `next`. */
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
