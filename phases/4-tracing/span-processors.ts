import type { Context } from '@opentelemetry/api'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node'

/**
 * Span processors that can be added at any time. The SDK takes its processors when it is set up, so it is given this
 * one, which passes everything on.
 *
 * https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-processor
 */
export class SpanProcessors implements SpanProcessor {
  readonly #processors: SpanProcessor[] = []
  readonly #failed = new Set<SpanProcessor>()
  readonly #report: (error: unknown) => void

  /** @param report is told of a processor that throws, once for each */
  constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  add(processor: SpanProcessor): void {
    this.#processors.push(processor)
  }

  onStart(span: Span, parent: Context): void {
    for (const processor of this.#processors) {
      try {
        processor.onStart(span, parent)
      } catch (error) {
        this.#hasFailed(processor, error)
      }
    }
  }

  onEnding(span: Span): void {
    for (const processor of this.#processors) {
      try {
        processor.onEnding?.(span)
      } catch (error) {
        this.#hasFailed(processor, error)
      }
    }
  }

  onEnd(span: ReadableSpan): void {
    for (const processor of this.#processors) {
      try {
        processor.onEnd(span)
      } catch (error) {
        this.#hasFailed(processor, error)
      }
    }
  }

  forceFlush(): Promise<void> {
    return this.#all((processor) => processor.forceFlush())
  }

  shutdown(): Promise<void> {
    return this.#all((processor) => processor.shutdown())
  }

  async #all(work: (processor: SpanProcessor) => Promise<void>): Promise<void> {
    await Promise.all(
      this.#processors.map(async (processor) => {
        try {
          await work(processor)
        } catch (error) {
          this.#hasFailed(processor, error)
        }
      }),
    )
  }

  #hasFailed(processor: SpanProcessor, error: unknown): void {
    if (this.#failed.has(processor)) return
    this.#failed.add(processor)
    this.#report(error)
  }
}
