import type { ReceivedSpan } from '../../testkit/received-span.ts'

/** Where the spans of a server can be seen. */
export interface SpanSource {
  /** For people: where they are looked for, to complete "no span arrived at …". */
  readonly name: string
  /** What has come of a trace so far. */
  ofTrace(traceId: string): Promise<readonly ReceivedSpan[]>
}

/** For what has no spans yet. */
export const noSpans: SpanSource = { name: 'nowhere', ofTrace: async () => [] }
