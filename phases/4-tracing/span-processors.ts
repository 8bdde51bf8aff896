import type { Context } from '@opentelemetry/api'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node'

/**
 * Span processors that can be added at any time. The SDK takes its processors only at set-up, so it gets this one,
 * which calls all others.
 *
 * https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-processor
 */
export class SpanProcessors implements SpanProcessor {
  readonly #processors: SpanProcessor[] = []
  readonly #failed = new Set<SpanProcessor>()
  readonly #report: (error: unknown) => void

  /** @param report receives the first error of each processor */
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
        this.#reportOnce(processor, error)
      }
    }
  }

  onEnding(span: Span): void {
    for (const processor of this.#processors) {
      try {
        processor.onEnding?.(span)
      } catch (error) {
        this.#reportOnce(processor, error)
      }
    }
  }

  onEnd(span: ReadableSpan): void {
    for (const processor of this.#processors) {
      try {
        processor.onEnd(span)
      } catch (error) {
        this.#reportOnce(processor, error)
      }
    }
  }

  forceFlush(): Promise<void> {
    return this.#forEach((processor) => processor.forceFlush())
  }

  shutdown(): Promise<void> {
    return this.#forEach((processor) => processor.shutdown())
  }

  async #forEach(work: (processor: SpanProcessor) => Promise<void>): Promise<void> {
    await Promise.all(
      this.#processors.map(async (processor) => {
        try {
          await work(processor)
        } catch (error) {
          this.#reportOnce(processor, error)
        }
      }),
    )
  }

  #reportOnce(processor: SpanProcessor, error: unknown): void {
    if (this.#failed.has(processor)) return
    this.#failed.add(processor)
    this.#report(error)
  }
}
