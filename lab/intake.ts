import type { LabFeed, ReadMetrics } from './feed.ts'
import { LineRing } from './line-ring.ts'
import { PendingSpans } from './pending-spans.ts'
import type { Span } from './wire.ts'

/** Enough for 2,000 lines of 4 kB. */
const LINE_BYTES = 8 * 1024 * 1024

/** What a process's phases have given to the Lab. It costs next to nothing as long as nobody looks. */
export class Intake implements LabFeed {
  readonly log = new LineRing(LINE_BYTES)
  readonly pending = new PendingSpans()
  /** Undefined in a phase without metrics. */
  readMetrics: ReadMetrics | undefined

  lines(bytes: Uint8Array): void {
    this.log.add(bytes)
  }

  span<T extends object>(span: T, size: number, describe: (span: T) => Span): void {
    this.pending.add(span, size, describe as (span: object) => Span)
  }

  metrics(read: ReadMetrics): void {
    this.readMetrics = read
  }
}
