import type { ReceivedSpan } from '../../testkit/received-span.ts'
import { rootsOf } from '../../testkit/span-tree.ts'

/** The spans of one trace that have arrived so far. */
export interface Trace {
  readonly traceId: string
  readonly spans: readonly ReceivedSpan[]
  /** The earliest root span so far. */
  readonly root: ReceivedSpan
  readonly failed: boolean
}

/** Above this limit whole traces are evicted, oldest first. */
const MAX_SPANS = 150_000

/** Traces by id, in the order of their first span's arrival. */
export class TraceStore {
  readonly #traces = new Map<string, ReceivedSpan[]>()
  #size = 0

  add(spans: readonly ReceivedSpan[]): void {
    for (const span of spans) {
      const trace = this.#traces.get(span.traceId)
      if (trace) trace.push(span)
      else this.#traces.set(span.traceId, [span])
    }
    this.#size += spans.length
    for (const [traceId, trace] of this.#traces) {
      if (this.#size <= MAX_SPANS) return
      this.#traces.delete(traceId)
      this.#size -= trace.length
    }
  }

  all(): Trace[] {
    return [...this.#traces.values()].map(toTrace)
  }

  /** The traces whose id begins with `prefix`. */
  find(prefix: string): Trace[] {
    const wanted = prefix.toLowerCase()
    return [...this.#traces].filter(([traceId]) => traceId.startsWith(wanted)).map(([, spans]) => toTrace(spans))
  }
}

function toTrace(spans: readonly ReceivedSpan[]): Trace {
  const [root] = rootsOf(spans).toSorted((a, b) => a.startMs - b.startMs) as [ReceivedSpan, ...ReceivedSpan[]]
  return { traceId: root.traceId, spans, root, failed: spans.some(({ status }) => status.code === 'error') }
}
