/** Parameters of Loki's HTTP API, read as it reads them. */
import { parseDate } from '../lines/time.ts'
import type { Direction } from '../logql/engine.ts'
import { parseDuration } from '../promql/literals.ts'
import { quote } from '../quote.ts'
import { BadParameter } from './parameters.ts'

const HOUR = 3_600_000_000_000n
const DEFAULT_LIMIT = 100
const LARGEST_LIMIT = 5000

/** Nanoseconds, seconds (with ten digits or fewer, or a point) or a date as in RFC 3339. @returns nanoseconds */
export function readLogTime(parameters: URLSearchParams, name: string, otherwise: bigint): bigint {
  const text = parameters.get(name) ?? ''
  if (text === '') return otherwise
  if (/^[+-]?\d+\.\d*$/.test(text)) {
    const [whole = '', fraction = ''] = text.split('.')
    const milliseconds = Math.round(Number(`0.${fraction || '0'}`) * 1000)
    return BigInt(whole) * 1_000_000_000n + BigInt(milliseconds) * 1_000_000n
  }
  if (/^[+-]?\d+$/.test(text)) return text.length <= 10 ? BigInt(text) * 1_000_000_000n : BigInt(text)
  return parseDate(text) ?? fail(`strconv.ParseInt: parsing ${quote(text)}: invalid syntax`)
}

/** The period that is asked for: the last hour without `start`, `end` and `since`. */
export function readBounds(parameters: URLSearchParams, now: bigint): { readonly start: bigint; readonly end: bigint } {
  const since = parameters.get('since') ?? ''
  const length = since === '' ? HOUR : named('since', () => readSince(since))
  const end = named('end', () => readLogTime(parameters, 'end', now))
  const start = named('start', () => readLogTime(parameters, 'start', (end > now ? now : end) - length))
  if (end < start) fail('end timestamp must not be before or equal to start time')
  return { start, end }
}

function readSince(text: string): bigint {
  const ms = parseDuration(text)
  return ms === undefined ? fail(`not a valid duration string: ${quote(text)}`) : BigInt(ms) * 1_000_000n
}

function named<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof BadParameter
      ? new BadParameter(`could not parse '${name}' parameter: ${error.message}`)
      : error
  }
}

/** @returns nanoseconds; without a step, a 250th of the period, and a second at least */
export function readStep(parameters: URLSearchParams, start: bigint, end: bigint): bigint {
  const seconds = Math.max(Math.floor(Number(end - start) / 1e9 / 250), 1)
  const step = readSpan(parameters, 'step') ?? BigInt(seconds) * 1_000_000_000n
  if (step <= 0n) fail('zero or negative query resolution step widths are not accepted. Try a positive integer')
  if ((end - start) / step > 11_000n)
    fail('exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter')
  return step
}

/** @returns nanoseconds between lines */
export function readInterval(parameters: URLSearchParams): bigint {
  const interval = readSpan(parameters, 'interval') ?? 0n
  return interval < 0n ? fail('interval must be >= 0') : interval
}

function readSpan(parameters: URLSearchParams, name: string): bigint | undefined {
  const text = parameters.get(name) ?? ''
  if (text === '') return undefined
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return BigInt(Math.trunc(Number(text) * 1e9))
  const ms = durationOf(text)
  return ms === undefined ? fail(`cannot parse ${quote(text)} to a valid duration`) : BigInt(ms) * 1_000_000n
}

function durationOf(text: string): number | undefined {
  try {
    return parseDuration(text)
  } catch {
    return undefined
  }
}

/** How many lines at most. */
export function readLineLimit(parameters: URLSearchParams): number {
  const text = parameters.get('limit') ?? ''
  if (text === '') return DEFAULT_LIMIT
  if (!/^[+-]?\d+$/.test(text)) fail(`strconv.Atoi: parsing ${quote(text)}: invalid syntax`)
  if (Number(text) <= 0) fail('limit must be a positive value')
  if (Number(text) > LARGEST_LIMIT)
    fail(
      `max entries limit per query exceeded, limit > max_entries_limit_per_query (${Number(text)} > ${LARGEST_LIMIT})`,
    )
  return Number(text)
}

export function readDirection(parameters: URLSearchParams): Direction {
  const text = parameters.get('direction') ?? ''
  const lower = text === '' ? 'backward' : text.toLowerCase()
  return lower === 'forward' || lower === 'backward' ? lower : fail(`invalid direction '${text}'`)
}

function fail(reason: string): never {
  throw new BadParameter(reason)
}
