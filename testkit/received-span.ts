import { inspect } from 'node:util'
import { printTrace } from './span-tree.ts'
import { type WaitOptions, waitFor } from './wait-for.ts'

/** As OTLP has it; Jaeger's protocol knows only the first three and bytes. */
export type AttributeValue =
  | string
  | number
  | boolean
  | Uint8Array
  | null
  | AttributeValue[]
  | { [key: string]: AttributeValue }
export type Attributes = Record<string, AttributeValue>

/** A span as a backend has received it, whichever protocol it came by. Ids are lower-case hex. */
export interface ReceivedSpan {
  /** `service.name` of the sender. */
  readonly service: string
  /** What the sender says about itself. Jaeger's exporter sends it as attributes of each span instead. */
  readonly resource: Attributes
  readonly scope: { readonly name: string; readonly version: string }
  readonly traceId: string
  readonly spanId: string
  /** Undefined for a root span. */
  readonly parentSpanId: string | undefined
  /** Jaeger's protocol does not carry it, so it is empty there. */
  readonly traceState: string
  /** Bit 0 says "sampled". */
  readonly flags: number
  readonly name: string
  readonly kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** Milliseconds since 1970, with fractions. */
  readonly startMs: number
  readonly durationMs: number
  readonly attributes: Attributes
  readonly events: readonly ReceivedEvent[]
  readonly links: readonly ReceivedLink[]
  readonly status: { readonly code: 'unset' | 'ok' | 'error'; readonly message: string }
  /** What the sender had to leave out. */
  readonly dropped: { readonly attributes: number; readonly events: number; readonly links: number }
}

export interface ReceivedEvent {
  readonly name: string
  readonly timeMs: number
  readonly attributes: Attributes
}

export interface ReceivedLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Attributes
}

/** The spans that a receiver has got so far, and ways to wait for more. */
export class ReceivedSpans {
  #spans: ReceivedSpan[] = []

  /** All spans in the order of their arrival. */
  get all(): readonly ReceivedSpan[] {
    return this.#spans
  }

  add(spans: readonly ReceivedSpan[]): void {
    this.#spans.push(...spans)
  }

  /** Forgets what has come so far. */
  clear(): void {
    this.#spans = []
  }

  /**
   * Waits for a number of spans, or for the first span with a name or a quality.
   *
   * @returns all spans, or those that fit the name or the predicate
   */
  async waitForSpans(
    wanted: number | string | ((span: ReceivedSpan) => boolean),
    options: WaitOptions = {},
  ): Promise<readonly ReceivedSpan[]> {
    const [description, probe] = this.#wish(wanted)
    return await waitFor(description, probe, { seen: () => this.#shown(this.#spans), ...options })
  }

  /**
   * Waits until a trace has (at least) so many spans.
   *
   * @returns the spans of that trace
   */
  async waitForTrace(
    traceId: string,
    { spans, ...options }: WaitOptions & { readonly spans: number },
  ): Promise<readonly ReceivedSpan[]> {
    const probe = () => {
      const trace = this.#spans.filter((span) => span.traceId === traceId)
      return trace.length >= spans ? trace : undefined
    }
    const seen = () => this.#shown(this.#spans)
    return await waitFor(`${spans} spans of trace ${traceId}`, probe, { seen, ...options })
  }

  #wish(wanted: number | string | ((span: ReceivedSpan) => boolean)): [string, () => ReceivedSpan[] | undefined] {
    if (typeof wanted === 'number')
      return [`${wanted} spans`, () => (this.#spans.length >= wanted ? [...this.#spans] : undefined)]
    const fits = typeof wanted === 'string' ? (span: ReceivedSpan) => span.name === wanted : wanted
    const description = typeof wanted === 'string' ? `a span ${inspect(wanted)}` : `a span with ${wanted}`
    return [description, () => nonEmpty(this.#spans.filter(fits))]
  }

  #shown(spans: readonly ReceivedSpan[]): string {
    return spans.length === 0 ? 'no span at all' : `\n${printTrace(spans)}`
  }
}

function nonEmpty<T>(items: T[]): T[] | undefined {
  return items.length > 0 ? items : undefined
}
