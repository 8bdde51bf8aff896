/** Durations, sizes and numbers in the values of labels, read as Go reads them. */
import { quote } from '../quote.ts'

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
}

/** @returns nanoseconds. @throws Go's message when it is no duration such as `1h2.5s`. */
export function parseGoDuration(text: string): number {
  const [, sign, rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0
  if (rest === '') throw new Error(`time: invalid duration ${quote(text)}`)
  let sum = 0
  let at = 0
  while (at < rest.length) {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest.slice(at)) as RegExpExecArray
    if ((number[1] ?? '') === '' && (number[2] ?? '') === '') throw new Error(`time: invalid duration ${quote(text)}`)
    at += number[0].length
    const [unit] = /^[^.\d]*/.exec(rest.slice(at)) as RegExpExecArray
    if (unit === '') throw new Error(`time: missing unit in duration ${quote(text)}`)
    const factor = NANOSECONDS[unit]
    if (factor === undefined) throw new Error(`time: unknown unit ${quote(unit)} in duration ${quote(text)}`)
    sum += Math.trunc(Number(number[0] === '.' ? 0 : number[0]) * factor + 1e-9)
    at += unit.length
  }
  if (sum >= 2 ** 63) throw new Error(`time: invalid duration ${quote(text)}`)
  return sign === '-' ? -sum : sum
}

const SIZES: Readonly<Record<string, number>> = {
  b: 1,
  '': 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  pib: 2 ** 50,
  eib: 2 ** 60,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  pb: 1e15,
  eb: 1e18,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
  pi: 2 ** 50,
  ei: 2 ** 60,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  p: 1e15,
  e: 1e18,
}

/** @returns bytes of a size such as `1.5KiB`. @throws the message of Go's humanize when it is none. */
export function parseBytes(text: string): number {
  const [digits = ''] = /^[\d.,]*/.exec(text) as RegExpExecArray
  const number = digits.replaceAll(',', '')
  const value = parseFloat64(number)
  const unit = text.slice(digits.length).trim().toLowerCase()
  const factor = SIZES[unit]
  if (factor === undefined) throw new Error(`unhandled size name: ${unit}`)
  const bytes = value * factor
  if (bytes >= 2 ** 64) throw new Error(`too large: ${text}`)
  return Math.trunc(bytes)
}

/** @throws the message of Go's strconv when it is no number */
export function parseFloat64(text: string): number {
  const lower = text.toLowerCase()
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(lower)) {
    const value = Number(lower)
    if (!Number.isFinite(value)) throw new Error(`strconv.ParseFloat: parsing ${quote(text)}: value out of range`)
    return value
  }
  const [, sign, word] = /^([+-]?)(inf|infinity|nan)$/.exec(lower) ?? []
  if (word === 'nan' && sign === '') return Number.NaN
  if (word !== undefined && word !== 'nan') return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^[+-]?0x[0-9a-f]+p[+-]?\d+$/.test(lower)) {
    const [mantissa = '', exponent = '0'] = lower.replace(/^[+-]/, '').split('p')
    return (lower.startsWith('-') ? -1 : 1) * Number(mantissa) * 2 ** Number(exponent)
  }
  throw new Error(`strconv.ParseFloat: parsing ${quote(text)}: invalid syntax`)
}
