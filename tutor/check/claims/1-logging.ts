import type { Claim, LogLine } from '../claim.ts'

/** The claims of lesson 1, verified by `npm run check -- 1`. */
const claims: readonly Claim[] = [
  {
    title: 'Every line is a JSON object with level, time, service and message',
    expected: 'four fields of type string on each line of the log file',
    hint: 'The names come from `base`, `formatters`, `timestamp` and `messageKey` in logger.ts.',
    async check(server) {
      await server.request('/error?status=500')
      await server.logLine(({ message }) => message === 'request failed')
      const lines = await server.logLines()
      const bad = lines.find((line) => FIELDS.some((field) => typeof line[field] !== 'string'))
      return { ok: lines.length > 0 && bad === undefined, seen: bad ?? 'no line at all' }
    },
  },
  {
    title: 'The time is RFC 3339 in UTC, so lines of all machines sort as text',
    expected: 'a time such as 2026-01-31T12:00:00.123Z',
    hint: 'time.ts writes it.',
    async check(server) {
      await server.request('/error?status=500')
      const line = await server.logLine(({ message }) => message === 'request failed')
      return { ok: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(line?.time ?? ''), seen: line ?? 'no line' }
    },
  },
  {
    title: 'The level is a word: a failed request is logged at error',
    expected: 'a line "request failed" with the level "error"',
    hint: '`formatters.level` in logger.ts turns pino’s numbers into words; error-log.ts chooses the level.',
    async check(server) {
      await server.request('/error?status=500')
      const line = await server.logLine(({ message }) => message === 'request failed')
      return { ok: line?.level === 'error', seen: line ?? 'no such line' }
    },
  },
  {
    title: 'An error has its type, message and stack, and nothing else',
    expected: 'err with type, message and stack, which names the file that threw',
    hint: '`serializeError` in logger.ts picks them. Other properties of an error may hold a customer’s data.',
    async check(server) {
      await server.request('/error?status=503')
      const line = await server.logLine(({ message }) => message === 'request failed')
      const err = (line?.err ?? {}) as Record<string, string>
      const names = Object.keys(err).toSorted().join(' ')
      return { ok: names === 'message stack type' && /error\.[jt]s:\d+/.test(err.stack ?? ''), seen: line ?? 'no line' }
    },
  },
  {
    title: 'A 4xx is the caller’s mistake, so it is no error in the log',
    expected: 'nothing at error about a 404, and a line about the 500 after it',
    hint: 'error-log.ts looks at the status.',
    async check(server) {
      await server.request('/error?status=404')
      await server.request('/error?status=500')
      const about = (status: number) => (line: LogLine) => messageOf(line)?.endsWith(`status ${status}`) === true
      const serverError = await server.logLine(about(500))
      const callerError = (await server.logLines()).find(about(404))
      return {
        ok: serverError !== undefined && callerError === undefined,
        seen: callerError ?? 'no line about the 500',
      }
    },
  },
  {
    title: 'The steps of a request are logged at debug, with what they took',
    expected: 'a line "step completed" for database_query and one for external_api_call, with a latency that fits',
    hint: 'These lines show with LOG_LEVEL=debug only: LOG_LEVEL=debug npm run phase:1',
    async check(server) {
      await server.request('/slow?ms=100')
      const query = await server.logLine(({ step }) => step === 'database_query')
      const call = await server.logLine(({ step }) => step === 'external_api_call')
      const fits = (line: typeof query, ms: number) => line?.level === 'debug' && Number(line.latency) >= ms
      return { ok: fits(query, 39) && fits(call, 59), seen: [query, call].filter(Boolean) }
    },
  },
]

export default claims

const FIELDS = ['level', 'time', 'service', 'message']

function messageOf({ err }: LogLine): string | undefined {
  return (err as { message?: string } | undefined)?.message
}
