import { parseArgs } from 'node:util'
import { parseDuration } from '../../query/promql/literals.ts'
import { type Language, languageOf } from './language.ts'

/** A query, and the time that it is asked for. Durations in milliseconds, times in milliseconds since 1970. */
export interface Question {
  readonly query: string
  readonly language: Language
  /** The length of the range; undefined for one moment. */
  readonly last: number | undefined
  readonly step: number | undefined
  /** The moment, or the end of the range; undefined for now. */
  readonly at: number | undefined
  /** Most rows to show. */
  readonly limit: number
}

/** An argument that cannot be used. Only its message is shown. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
}

/** The options of a question, one a line. */
export const OPTIONS_TEXT = `  --last 5m        a range up to now: a row for each series, with a curve
  --step 15s       time between two values of the range; without it, a 40th of the range
  --at TIME        as of then, not of now: 2026-01-31T14:05:30Z, or 14:05:30 for today, in UTC
  --limit N        most rows, default 40; of log lines, the newest
  --metrics        takes the query for PromQL, although no selector names a metric
  --logs           takes the query for LogQL`

export const OPTIONS = {
  last: { type: 'string' },
  step: { type: 'string' },
  at: { type: 'string' },
  limit: { type: 'string', default: '40' },
  metrics: { type: 'boolean', default: false },
  logs: { type: 'boolean', default: false },
} as const

type Values = Readonly<
  ReturnType<typeof parseArgs<{ args: string[]; options: typeof OPTIONS; allowPositionals: true }>>['values']
>

/**
 * Reads the options of a question.
 *
 * @param now milliseconds since 1970
 * @throws OptionError
 */
export function readQuestion(query: string, values: Values, now: number): Question {
  if (query.trim() === '') throw new OptionError('The query is empty.')
  if (values.metrics && values.logs) throw new OptionError('A query asks --metrics or --logs, not both.')
  const last = values.last === undefined ? undefined : duration('last', values.last)
  if (values.step !== undefined && last === undefined) throw new OptionError('--step needs --last: it divides a range.')
  if (!/^[1-9]\d{0,3}$/.test(values.limit))
    throw new OptionError(`--limit ${values.limit} is not a number from 1 to 9999.`)
  return {
    query,
    language: values.metrics ? 'metrics' : values.logs ? 'logs' : languageOf(query),
    last,
    step: values.step === undefined ? undefined : duration('step', values.step),
    at: values.at === undefined ? undefined : time(values.at, now),
    limit: Number(values.limit),
  }
}

/**
 * Reads what follows `ask` on one line: a query, in quotes or not, and options.
 *
 * @throws OptionError
 */
export function readLine(line: string, now: number): Question {
  const [, text = '', tail = ''] =
    /^([\s\S]*?)((?:\s+--(?:last|step|at|limit)[\s=]\S+|\s+--(?:metrics|logs))*)\s*$/.exec(line) ?? []
  const [, , quoted] = /^\s*(['"])([\s\S]*)\1$/.exec(text) ?? []
  try {
    const args = tail.split(/\s+/).filter((word) => word !== '')
    return readQuestion(quoted ?? text.trim(), parseArgs({ args, options: OPTIONS }).values, now)
  } catch (error) {
    throw error instanceof OptionError ? error : new OptionError((error as Error).message)
  }
}

function duration(name: string, text: string): number {
  const ms = /^(\d{1,5}(ms|[smhd]))+$/.test(text) ? parseDuration(text) : undefined
  if (ms !== undefined && ms > 0) return ms
  throw new OptionError(`--${name} ${text} is not a duration, such as 30s, 5m or 1h30m.`)
}

function time(text: string, now: number): number {
  const isClock = /^\d\d:\d\d(:\d\d(\.\d+)?)?Z?$/.test(text)
  const date = isClock ? `${new Date(now).toISOString().slice(0, 10)}T${text.replace(/Z?$/, 'Z')}` : text
  const ms = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(date) ? Date.parse(date) : Number.NaN
  if (Number.isNaN(ms)) throw new OptionError(`--at ${text} is not a time, such as 2026-01-31T14:05:30Z or 14:05:30.`)
  return ms
}
