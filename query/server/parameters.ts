/** Parameters of Prometheus' HTTP API, read as it reads them. */

import { parseDuration as parseWritten } from '../promql/literals.ts'
import { quote } from '../quote.ts'

/** A parameter that cannot be used. The message is Prometheus'. */
export class BadParameter extends Error {
  override readonly name = 'BadParameter'
}

/** Names the parameter that is at fault. */
export function invalid(parameter: string, reason: string): BadParameter {
  return new BadParameter(`invalid parameter ${quote(parameter)}: ${reason}`)
}

/**
 * Seconds since 1970, or a date as in RFC 3339.
 *
 * @returns milliseconds since 1970
 */
export function readTime(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? ''
  return parseTime(text) ?? fail(name, `cannot parse ${quote(text)} to a valid timestamp`)
}

/** @param otherwise the value when there is no such parameter, in milliseconds */
export function readOptionalTime(parameters: URLSearchParams, name: string, otherwise: number): number {
  const text = parameters.get(name) ?? ''
  if (text === '') return otherwise
  return (
    parseTime(text) ?? fail(name, `invalid time value for '${name}': cannot parse ${quote(text)} to a valid timestamp`)
  )
}

/**
 * Seconds, or a duration such as `1m30s`.
 *
 * @returns milliseconds
 */
export function readDuration(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? ''
  return parseDuration(text) ?? fail(name, `cannot parse ${quote(text)} to a valid duration`)
}

/** @returns undefined when there is no such parameter */
export function readOptionalDuration(parameters: URLSearchParams, name: string): number | undefined {
  return (parameters.get(name) ?? '') === '' ? undefined : readDuration(parameters, name)
}

/** @returns Infinity when there is no limit */
export function readLimit(parameters: URLSearchParams): number {
  const text = parameters.get('limit') ?? ''
  if (text === '') return Number.POSITIVE_INFINITY
  if (!/^[+-]?\d+$/.test(text)) fail('limit', `strconv.Atoi: parsing ${quote(text)}: invalid syntax`)
  if (Number(text) < 0) fail('limit', 'limit must be non-negative')
  return Number(text) === 0 ? Number.POSITIVE_INFINITY : Number(text)
}

function parseTime(text: string): number | undefined {
  const seconds = parseFloatStrictly(text)
  if (seconds !== undefined) return Math.round(seconds * 1000)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return undefined
  const time = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(time) ? undefined : time
}

function parseDuration(text: string): number | undefined {
  const seconds = parseFloatStrictly(text)
  if (seconds !== undefined) return Math.trunc(seconds * 1000)
  try {
    return parseWritten(text)
  } catch {
    return undefined
  }
}

function parseFloatStrictly(text: string): number | undefined {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}

function fail(parameter: string, reason: string): never {
  throw invalid(parameter, reason)
}
