import type { IncomingHttpHeaders } from 'node:http'

/**
 * The headers that may be logged. An allowlist of harmless headers is safer than a list of secrets, which is never
 * complete: the next gateway may add an `x-session-token`.
 *
 * https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude
 */
const LOGGABLE = [
  ...['accept', 'accept-encoding', 'connection', 'content-encoding', 'content-length', 'content-type', 'expect'],
  ...['host', 'traceparent', 'transfer-encoding', 'user-agent'],
]

/** Truncates values, in characters: a caller may send 16 kB of headers. */
const MAX_LENGTH = 200

/** Selects the headers that may be logged, and truncates each value to 200 characters. */
export function selectLoggable(headers: IncomingHttpHeaders): Record<string, string> {
  const loggable: Record<string, string> = {}
  for (const name of LOGGABLE) {
    const value = headers[name]
    if (typeof value === 'string') loggable[name] = value.slice(0, MAX_LENGTH)
  }
  return loggable
}
