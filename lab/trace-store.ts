import type { BoundedSpan } from './bounded-span.ts'
import { requestIdOf } from './request-id-of.ts'
import type { Span } from './wire.ts'

/** The spans of one trace that have arrived so far. */
export interface StoredTrace {
  readonly traceId: string
  readonly spans: Span[]
  /** Whether its top span has ended. */
  finished: boolean
  /** Increases with every change of any trace. */
  changed: number
  bytes: number
  /** When its last span arrived, in milliseconds since 1970. */
  lastAt: number
}

export interface TraceLimits {
  readonly traces: number
  readonly bytes: number
}

/** Minimum lifetime of a trace in milliseconds, so that a client can look at a request it has just sent. */
const YOUNG_MS = 2000

/** Maximum lifetime of a trace without its top span, in milliseconds. */
const UNFINISHED_MS = 30_000

/** Maximum spans of one trace; more are dropped. */
const MAX_SPANS = 1000

/** Prefix of request ids of the page. */
const OWN = 'lab-'

/** The latest traces, assembled from spans in any order. */
export class TraceStore {
  /** In the order of their first span's arrival. */
  readonly #traces = new Map<string, StoredTrace>()
  /** Traces that are likely to be requested. A limited number of them is kept longer. */
  readonly #pinned = new Set<string>()
  /** The same for requests of the page, separately, because under load new exemplars would evict them. */
  readonly #own = new Set<string>()
  readonly #limits: TraceLimits
  readonly #service: string
  readonly #now: () => number
  #bytes = 0
  #version = 0

  /** @param service the name of this process, whose top spans complete a trace */
  constructor(service: string, limits: TraceLimits, now = Date.now) {
    this.#service = service
    this.#limits = limits
    this.#now = now
  }

  /** Increases with every change. */
  get version(): number {
    return this.#version
  }

  get size(): number {
    return this.#traces.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get(traceId: string): StoredTrace | undefined {
    return this.#traces.get(traceId)
  }

  /** Newest last. */
  all(): StoredTrace[] {
    return [...this.#traces.values()]
  }

  changedSince(version: number): StoredTrace[] {
    return this.all().filter(({ changed }) => changed > version)
  }

  /** Adds spans and evicts old traces. */
  add(spans: readonly BoundedSpan[]): void {
    for (const span of spans) this.#add(span)
    this.#makeRoom()
  }

  /** Keeps these traces longer. */
  pin(traceIds: Iterable<string>): void {
    for (const traceId of traceIds) if (this.#traces.has(traceId)) this.#pinned.add(traceId)
    keepNewest(this.#pinned, this.#limits.traces / 2)
  }

  #add({ span, bytes }: BoundedSpan): void {
    const trace = this.#traces.get(span.trace_id) ?? this.#begin(span.trace_id)
    if (trace.spans.length >= MAX_SPANS) return
    trace.spans.push(span)
    trace.bytes += bytes
    trace.changed = ++this.#version
    trace.lastAt = this.#now()
    trace.finished ||= this.#isTop(span)
    this.#bytes += bytes
    if (!requestIdOf(span)?.startsWith(OWN)) return
    this.#own.add(span.trace_id)
    keepNewest(this.#own, this.#limits.traces / 4)
  }

  /** A request from outside, not from another service in the same trace. */
  #isTop({ parent_span_id, parent_is_remote, service, kind, attributes }: Span): boolean {
    if (parent_span_id === null) return true
    return parent_is_remote && kind === 'server' && service === this.#service && attributes['rpc.method'] === undefined
  }

  #begin(traceId: string): StoredTrace {
    const trace = { traceId, spans: [], finished: false, changed: 0, bytes: 0, lastAt: 0 }
    this.#traces.set(traceId, trace)
    return trace
  }

  #makeRoom(): void {
    const now = this.#now()
    const isPinned = (traceId: string) => this.#pinned.has(traceId) || this.#own.has(traceId)
    this.#forget(({ traceId, finished, lastAt }) => {
      if (this.#traces.size <= this.#limits.traces || isPinned(traceId)) return false
      return now - lastAt > (finished ? YOUNG_MS : UNFINISHED_MS)
    })
    this.#forget(({ traceId }) => this.#bytes > this.#limits.bytes && !isPinned(traceId))
    this.#forget(() => this.#bytes > this.#limits.bytes)
  }

  #forget(isToGo: (trace: StoredTrace) => boolean): void {
    for (const trace of this.#traces.values()) {
      if (!isToGo(trace)) continue
      this.#traces.delete(trace.traceId)
      this.#pinned.delete(trace.traceId)
      this.#own.delete(trace.traceId)
      this.#bytes -= trace.bytes
    }
  }
}

/** Evicts the oldest until there are at most `max`. */
function keepNewest(ids: Set<string>, max: number): void {
  for (const oldest of ids) {
    if (ids.size <= max) return
    ids.delete(oldest)
  }
}
