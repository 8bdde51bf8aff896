import type { IncomingHttpHeaders } from 'node:http'

/**
 * The headers that may stand in a log. It is a list of what is known to be harmless, not of what is known to be secret:
 * no list of secrets is ever complete, and the next gateway brings an `x-session-token` that is on none.
 *
 * https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude
 */
const LOGGABLE = [
  ...['accept', 'accept-encoding', 'connection', 'content-encoding', 'content-length', 'content-type', 'expect'],
  ...['host', 'traceparent', 'transfer-encoding', 'user-agent'],
]

/** Longer values say nothing more, and a caller may send 16 kB of them. */
const MAX_LENGTH = 200

/** Of a request's headers, those that may be logged, each cut at 200 characters. */
export function loggableOf(headers: IncomingHttpHeaders): Record<string, string> {
  const loggable: Record<string, string> = {}
  for (const name of LOGGABLE) {
    const value = headers[name]
    if (typeof value === 'string') loggable[name] = value.slice(0, MAX_LENGTH)
  }
  return loggable
}
