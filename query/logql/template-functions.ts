import { RE2JS } from 're2js'
import { escapeQuery } from '../template/escape-query.ts'
import { type TemplateFunction, takes } from '../template/functions.ts'
import { replaceAll } from '../template/replace-all.ts'
import { title } from '../template/title.ts'
import { isTrue, type TemplateValue } from '../template/value.ts'
import { parseBytes, parseGoDuration } from './units.ts'

/** `trim` and its kin on the characters of a set. */
function trimmed(text: string, set: string, left: boolean, right: boolean): string {
  const characters = [...text]
  const unwanted = new Set(set)
  let from = 0
  let to = characters.length
  while (left && from < to && unwanted.has(characters[from] as string)) from++
  while (right && to > from && unwanted.has(characters[to - 1] as string)) to--
  return characters.slice(from, to).join('')
}

function replaceCount(text: string, old: string, by: string, count: number): string {
  const parts = text.split(old)
  const most = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1)
  return (
    parts.slice(0, most + 1).join(by) +
    parts
      .slice(most + 1)
      .map((part) => old + part)
      .join('')
  )
}

/** By bytes, as Go slices strings. */
function slice(text: string, from: number, to: number): string {
  return Buffer.from(text).subarray(from, to).toString()
}

function truncate(size: number, text: string): string {
  const length = Buffer.byteLength(text)
  if (size < 0 && length + size > 0) return slice(text, length + size, length)
  return size >= 0 && length > size ? slice(text, 0, size) : text
}

function indent(spaces: number, text: string): string {
  const pad = ' '.repeat(spaces)
  return pad + text.replaceAll('\n', `\n${pad}`)
}

function align(size: number, text: string, left: boolean): string {
  const characters = [...text]
  if (size < 0 || size === characters.length) return text
  const pad = ' '.repeat(Math.max(size - characters.length, 0))
  if (left) return characters.slice(0, size).join('') + pad
  return pad + characters.slice(Math.max(characters.length - size, 0)).join('')
}

function toFloat(value: TemplateValue): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string') return 0
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : 0
  return Number.isFinite(number) ? number : 0
}

/** Text that is no whole number is 0. */
function toInt(value: TemplateValue): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n
  return typeof value === 'string' && /^[+-]?\d+$/.test(value) ? BigInt(value.replace('+', '')) : 0n
}

interface Decimal {
  readonly digits: bigint
  /** How many of them are behind the point. */
  readonly scale: number
}

const QUOTIENT_DIGITS = 16

/** Arithmetic on numbers as they are written, so that 0.1 + 0.2 is 0.3. */
function decimal(operator: '+' | '-' | '*' | '/'): (a: number, b: number) => number {
  return (left, right) => {
    const [a, b] = [toDecimal(left), toDecimal(right)]
    if (operator === '*') return toNumber({ digits: a.digits * b.digits, scale: a.scale + b.scale })
    const scale = Math.max(a.scale, b.scale)
    const [x, y] = [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale)]
    if (operator !== '/') return toNumber({ digits: operator === '+' ? x + y : x - y, scale })
    if (y === 0n) throw new Error('decimal division by 0')
    const shifted = x * 10n ** BigInt(QUOTIENT_DIGITS)
    const half = (y < 0n ? -y : y) / 2n
    return toNumber({ digits: (shifted + (shifted < 0n ? -half : half)) / y, scale: QUOTIENT_DIGITS })
  }
}

function toDecimal(value: number): Decimal {
  const [mantissa = '', exponent = '0'] = String(value).split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}

function toNumber({ digits, scale }: Decimal): number {
  return Number(`${digits}e-${scale}`)
}

function divide(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new Error('runtime error: integer divide by zero')
  return a / b
}

function remainder(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new Error('runtime error: integer divide by zero')
  return a % b
}

/** To so many digits, halves away from zero. */
function round(value: number, digits: number): number {
  const factor = 10 ** digits
  const scaled = value * factor
  const rest = scaled % 1
  return (rest >= 0.5 ? Math.ceil(scaled) : Math.floor(scaled)) / factor
}

function countMatches(expression: string, text: string): bigint {
  const matcher = RE2JS.compile(expression).matcher(text)
  let count = 0n
  while (matcher.find()) count++
  return count
}

/** What templates may call beside Go's own functions: of Loki's functions those on text and numbers. */
export const templateFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ...['lower', 'ToLower'].map((name) => [name, takes('string', (s: string) => s.toLowerCase())] as const),
  ...['upper', 'ToUpper'].map((name) => [name, takes('string', (s: string) => s.toUpperCase())] as const),
  ['title', takes('string', title)],
  ['trunc', takes('int string', (size: bigint, s: string) => truncate(Number(size), s))],
  ['substr', takes('int int string', (from: bigint, to: bigint, s: string) => substring(Number(from), Number(to), s))],
  ['contains', takes('string string', (part: string, s: string) => s.includes(part))],
  ['hasPrefix', takes('string string', (part: string, s: string) => s.startsWith(part))],
  ['hasSuffix', takes('string string', (part: string, s: string) => s.endsWith(part))],
  ['indent', takes('int string', (size: bigint, s: string) => indent(Number(size), s))],
  ['nindent', takes('int string', (size: bigint, s: string) => `\n${indent(Number(size), s)}`)],
  ['replace', takes('string string string', (old: string, by: string, s: string) => s.replaceAll(old, () => by))],
  [
    'Replace',
    takes('string string string int', (s: string, old: string, by: string, n: bigint) =>
      replaceCount(s, old, by, Number(n)),
    ),
  ],
  ['repeat', takes('int string', (n: bigint, s: string) => repeat(Number(n), s))],
  ...['trim', 'TrimSpace'].map((name) => [name, takes('string', (s: string) => s.trim())] as const),
  ['trimAll', takes('string string', (set: string, s: string) => trimmed(s, set, true, true))],
  ['Trim', takes('string string', (s: string, set: string) => trimmed(s, set, true, true))],
  ['TrimLeft', takes('string string', (s: string, set: string) => trimmed(s, set, true, false))],
  ['TrimRight', takes('string string', (s: string, set: string) => trimmed(s, set, false, true))],
  ['trimPrefix', takes('string string', (part: string, s: string) => withoutStart(s, part))],
  ['TrimPrefix', takes('string string', withoutStart)],
  ['trimSuffix', takes('string string', (part: string, s: string) => withoutEnd(s, part))],
  ['TrimSuffix', takes('string string', withoutEnd)],
  ['int', takes('any', toInt)],
  ['float64', takes('any', toFloat)],
  ['add', takes('any...', (...values: TemplateValue[]) => values.map(toInt).reduce((a, b) => a + b, 0n))],
  ['sub', takes('any any', (a: TemplateValue, b: TemplateValue) => toInt(a) - toInt(b))],
  ['mul', takesNumbers(toInt, (a, b) => a * b)],
  ['div', takes('any any', (a: TemplateValue, b: TemplateValue) => divide(toInt(a), toInt(b)))],
  ['mod', takes('any any', (a: TemplateValue, b: TemplateValue) => remainder(toInt(a), toInt(b)))],
  ['addf', takes('any...', (...values: TemplateValue[]) => [0, ...values.map(toFloat)].reduce(decimal('+')))],
  ['subf', takesNumbers(toFloat, decimal('-'))],
  ['mulf', takesNumbers(toFloat, decimal('*'))],
  ['divf', takesNumbers(toFloat, decimal('/'))],
  ['max', takesNumbers(toInt, (a, b) => (b > a ? b : a))],
  ['min', takesNumbers(toInt, (a, b) => (b < a ? b : a))],
  ['maxf', takesNumbers(toFloat, Math.max)],
  ['minf', takesNumbers(toFloat, Math.min)],
  ['ceil', takes('any', (value: TemplateValue) => Math.ceil(toFloat(value)))],
  ['floor', takes('any', (value: TemplateValue) => Math.floor(toFloat(value)))],
  ['round', takes('any int', (value: TemplateValue, digits: bigint) => round(toFloat(value), Number(digits)))],
  [
    'default',
    takes('any any', (otherwise: TemplateValue, value: TemplateValue) => (isTrue(value) ? value : otherwise)),
  ],
  [
    'regexReplaceAll',
    takes('string string string', (regex: string, s: string, by: string) => replaceAll(regex, s, by, false)),
  ],
  [
    'regexReplaceAllLiteral',
    takes('string string string', (regex: string, s: string, by: string) => replaceAll(regex, s, by, true)),
  ],
  ['count', takes('string string', countMatches)],
  ['urlencode', takes('string', escapeQuery)],
  ['urldecode', takes('string', decodeQuery)],
  ['bytes', takes('string', parseBytes)],
  ...['duration', 'duration_seconds'].map(
    (name) => [name, takes('string', (s: string) => parseGoDuration(s) / 1e9)] as const,
  ),
  ['alignLeft', takes('int string', (n: bigint, s: string) => align(Number(n), s, true))],
  ['alignRight', takes('int string', (n: bigint, s: string) => align(Number(n), s, false))],
  ['b64enc', takes('string', (s: string) => Buffer.from(s).toString('base64'))],
])

/** A function of one number or more, combined from the left. */
function takesNumbers<T extends TemplateValue>(
  convert: (value: TemplateValue) => T,
  combine: (a: T, b: T) => T,
): TemplateFunction {
  return takes('any any...', (...values: TemplateValue[]) => values.map(convert).reduce((a, b) => combine(a, b)))
}

/** Functions of Loki that work on times, lists and objects. */
export const REFUSED = new Set(
  `fromJson date toDate toDateInZone now unixEpoch unixEpochMillis unixEpochNanos unixToTime __timestamp__ b64dec`.split(
    /\s+/,
  ),
)

function substring(from: number, to: number, text: string): string {
  const length = Buffer.byteLength(text)
  if (from < 0) return slice(text, 0, to)
  return slice(text, from, to < 0 || to > length ? length : to)
}

const LONGEST = 1_000_000

function repeat(count: number, text: string): string {
  if (count * text.length > LONGEST) throw new Error('the repeated text is too long')
  return text.repeat(Math.max(count, 0))
}

function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : text
}

function withoutEnd(text: string, end: string): string {
  return end !== '' && text.endsWith(end) ? text.slice(0, -end.length) : text
}

function decodeQuery(text: string): string {
  const [bad] = /%(?![\da-fA-F]{2}).{0,2}/.exec(text) ?? []
  if (bad !== undefined) throw new Error(`invalid URL escape "${bad}"`)
  return Buffer.from(
    text
      .replaceAll('+', ' ')
      .replace(/%([\da-fA-F]{2})|[^%]/gsu, (whole, hex: string | undefined) =>
        hex === undefined ? Buffer.from(whole).toString('latin1') : String.fromCharCode(Number.parseInt(hex, 16)),
      ),
    'latin1',
  ).toString()
}
