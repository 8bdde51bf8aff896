import type { ReceivedSpan } from '../../testkit/received-span.ts'
import { childrenOf } from '../../testkit/span-tree.ts'
import type { Trace } from './trace-store.ts'

/** The spans of calls that this app makes to other services over HTTP. */
export function callsIn({ spans }: Trace): ReceivedSpan[] {
  return spans.filter(({ kind, attributes }) => kind === 'client' && attributes['http.request.method'] !== undefined)
}

export function pathOf({ attributes }: ReceivedSpan): string {
  return String(attributes['url.path'] ?? '')
}

export function named(name: string, { spans }: Trace): ReceivedSpan[] {
  return spans.filter((span) => span.name === name)
}

export function statementOf({ attributes }: ReceivedSpan): string {
  return String(attributes['db.query.text'] ?? '')
}

/** Milliseconds of the root span that no child covers: the app computes, or waits unseen. */
export function uncoveredMs({ root, spans }: Trace): number {
  let covered = 0
  let until = root.startMs
  for (const { startMs, durationMs } of childrenOf(root, spans)) {
    const end = Math.min(startMs + durationMs, root.startMs + root.durationMs)
    covered += Math.max(0, end - Math.max(startMs, until))
    until = Math.max(until, end)
  }
  return root.durationMs - covered
}

/** Whether more than half of it is a wait for a connection to the database. */
export function isWaitingForConnection(trace: Trace): boolean {
  const waited = named('wait for database connection', trace).reduce((sum, { durationMs }) => sum + durationMs, 0)
  return waited > trace.root.durationMs / 2
}

export function ms(duration: number): string {
  return `${duration.toFixed(0)} ms`
}
