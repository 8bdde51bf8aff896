import type { ReceivedSpan } from '../../testkit/received-span.ts'

/** Provides the spans of a server. */
export interface SpanSource {
  /** For messages: completes "no span arrived at …". */
  readonly name: string
  /** The spans of a trace that have arrived so far. */
  ofTrace(traceId: string): Promise<readonly ReceivedSpan[]>
}

/** For phases without tracing. */
export const noSpans: SpanSource = { name: 'nowhere', ofTrace: async () => [] }
