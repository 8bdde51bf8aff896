import { inspect } from 'node:util'
import type { ReceivedSpan } from './received-span.ts'
import { printTrace } from './span-tree.ts'
import { type WaitOptions, waitFor } from './wait-for.ts'

/** The spans that a receiver has so far, and methods that wait for more. */
export class ReceivedSpans {
  #spans: ReceivedSpan[] = []

  /** All spans in the order of their arrival. */
  get all(): readonly ReceivedSpan[] {
    return this.#spans
  }

  add(spans: readonly ReceivedSpan[]): void {
    this.#spans.push(...spans)
  }

  /** Forgets all spans so far. */
  clear(): void {
    this.#spans = []
  }

  /**
   * Waits for a number of spans, or for a span with a name or one that satisfies a predicate.
   *
   * @returns all spans, or the matching spans
   */
  async waitForSpans(
    wanted: number | string | ((span: ReceivedSpan) => boolean),
    options: WaitOptions = {},
  ): Promise<readonly ReceivedSpan[]> {
    const [description, probe] = this.#probeFor(wanted)
    return await waitFor(description, probe, { seen: () => this.#shown(this.#spans), ...options })
  }

  /**
   * Waits until a trace has at least this number of spans.
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

  #probeFor(wanted: number | string | ((span: ReceivedSpan) => boolean)): [string, () => ReceivedSpan[] | undefined] {
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
