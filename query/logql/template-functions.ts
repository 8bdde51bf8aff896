import { RE2JS } from 're2js'
import { formatGeneral } from '../promql/format-number.ts'
import { expand } from '../promql/label-functions.ts'
import { Unsupported } from './errors.ts'
import { parseBytes, parseGoDuration } from './units.ts'

/** Whole numbers are bigint, as they are another type than floats in Go. */
export type TemplateValue = string | bigint | number | boolean

type TemplateFunction = (...args: readonly TemplateValue[]) => TemplateValue

interface Definition {
  readonly least: number
  readonly most: number
  readonly run: TemplateFunction
}

function takes(count: number, run: TemplateFunction): Definition {
  return { least: count, most: count, run }
}

function takesMany(least: number, run: TemplateFunction): Definition {
  return { least, most: Number.POSITIVE_INFINITY, run }
}

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

function title(text: string): string {
  return text.replace(
    /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  )
}

export function toFloat(value: TemplateValue): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string') return Number(value)
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : 0
  return Number.isFinite(number) ? number : 0
}

/** Text that is no whole number is 0. */
export function toInt(value: TemplateValue): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n
  return /^[+-]?\d+$/.test(value) ? BigInt(value.replace('+', '')) : 0n
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

/** `$1`, `${1}` and `${name}` stand for groups, and `$$` for a dollar; a group that is not there is empty. */
function replaceAll(expression: string, text: string, by: string, isLiteral: boolean): string {
  const matcher = RE2JS.compile(expression).matcher(text)
  let replaced = ''
  let at = 0
  while (matcher.find()) {
    replaced += text.slice(at, matcher.start()) + (isLiteral ? by : expand(by, matcher))
    at = matcher.end()
  }
  return replaced + text.slice(at)
}

function countMatches(expression: string, text: string): bigint {
  const matcher = RE2JS.compile(expression).matcher(text)
  let count = 0n
  while (matcher.find()) count++
  return count
}

function fold<T>(values: readonly T[], step: (a: T, b: T) => T): T {
  return values.reduce(step)
}

/** For functions on text. Go refuses numbers there while it fills a template; here the query is refused. */
const texts =
  (run: (...args: readonly string[]) => TemplateValue) =>
  (...args: readonly TemplateValue[]) => {
    if (args.some((arg) => typeof arg !== 'string'))
      throw new Unsupported('a template function for text is not supported with a number')
    return run(...(args as readonly string[]))
  }

/** A size or a count, which must be a whole number. */
function whole(value: TemplateValue | undefined): number {
  if (typeof value !== 'bigint')
    throw new Unsupported('a template function that takes a size is not supported with text: make it a number with int')
  return Number(value)
}

/** What templates may call: of Loki's functions those on text and numbers. */
export const templateFunctions: ReadonlyMap<string, Definition> = new Map<string, Definition>([
  ...['lower', 'ToLower'].map(
    (name) =>
      [
        name,
        takes(
          1,
          texts((s = '') => s.toLowerCase()),
        ),
      ] as const,
  ),
  ...['upper', 'ToUpper'].map(
    (name) =>
      [
        name,
        takes(
          1,
          texts((s = '') => s.toUpperCase()),
        ),
      ] as const,
  ),
  [
    'title',
    takes(
      1,
      texts((s = '') => title(s)),
    ),
  ],
  ['trunc', takes(2, (size, s) => truncate(whole(size), String(s)))],
  ['substr', takes(3, (from, to, s) => substring(whole(from), whole(to), String(s)))],
  [
    'contains',
    takes(
      2,
      texts((part = '', s = '') => s.includes(part)),
    ),
  ],
  [
    'hasPrefix',
    takes(
      2,
      texts((part = '', s = '') => s.startsWith(part)),
    ),
  ],
  [
    'hasSuffix',
    takes(
      2,
      texts((part = '', s = '') => s.endsWith(part)),
    ),
  ],
  ['indent', takes(2, (size, s) => indent(whole(size), String(s)))],
  ['nindent', takes(2, (size, s) => `\n${indent(whole(size), String(s))}`)],
  [
    'replace',
    takes(
      3,
      texts((old = '', by = '', s = '') => s.replaceAll(old, () => by)),
    ),
  ],
  ['Replace', takes(4, (s, old, by, n) => replaceCount(String(s), String(old), String(by), whole(n)))],
  ['repeat', takes(2, (n, s) => repeat(whole(n), String(s)))],
  [
    'trim',
    takes(
      1,
      texts((s = '') => s.trim()),
    ),
  ],
  [
    'TrimSpace',
    takes(
      1,
      texts((s = '') => s.trim()),
    ),
  ],
  [
    'trimAll',
    takes(
      2,
      texts((set = '', s = '') => trimmed(s, set, true, true)),
    ),
  ],
  [
    'Trim',
    takes(
      2,
      texts((s = '', set = '') => trimmed(s, set, true, true)),
    ),
  ],
  [
    'TrimLeft',
    takes(
      2,
      texts((s = '', set = '') => trimmed(s, set, true, false)),
    ),
  ],
  [
    'TrimRight',
    takes(
      2,
      texts((s = '', set = '') => trimmed(s, set, false, true)),
    ),
  ],
  [
    'trimPrefix',
    takes(
      2,
      texts((part = '', s = '') => (s.startsWith(part) ? s.slice(part.length) : s)),
    ),
  ],
  [
    'TrimPrefix',
    takes(
      2,
      texts((s = '', part = '') => (s.startsWith(part) ? s.slice(part.length) : s)),
    ),
  ],
  [
    'trimSuffix',
    takes(
      2,
      texts((part = '', s = '') => withoutEnd(s, part)),
    ),
  ],
  [
    'TrimSuffix',
    takes(
      2,
      texts((s = '', part = '') => withoutEnd(s, part)),
    ),
  ],
  ['int', takes(1, (value) => toInt(value as TemplateValue))],
  ['float64', takes(1, (value) => toFloat(value as TemplateValue))],
  ['add', takesMany(0, (...values) => values.map(toInt).reduce((a, b) => a + b, 0n))],
  ['sub', takes(2, (a, b) => toInt(a as TemplateValue) - toInt(b as TemplateValue))],
  ['mul', takesMany(1, (...values) => fold(values.map(toInt), (a, b) => a * b))],
  ['div', takes(2, (a, b) => divide(toInt(a as TemplateValue), toInt(b as TemplateValue)))],
  ['mod', takes(2, (a, b) => remainder(toInt(a as TemplateValue), toInt(b as TemplateValue)))],
  ['addf', takesMany(0, (...values) => [0, ...values.map(toFloat)].reduce(decimal('+')))],
  ['subf', takesMany(1, (...values) => fold(values.map(toFloat), decimal('-')))],
  ['mulf', takesMany(1, (...values) => fold(values.map(toFloat), decimal('*')))],
  ['divf', takesMany(1, (...values) => fold(values.map(toFloat), decimal('/')))],
  ['max', takesMany(1, (...values) => fold(values.map(toInt), (a, b) => (b > a ? b : a)))],
  ['min', takesMany(1, (...values) => fold(values.map(toInt), (a, b) => (b < a ? b : a)))],
  ['maxf', takesMany(1, (...values) => Math.max(...values.map(toFloat)))],
  ['minf', takesMany(1, (...values) => Math.min(...values.map(toFloat)))],
  ['ceil', takes(1, (value) => Math.ceil(toFloat(value as TemplateValue)))],
  ['floor', takes(1, (value) => Math.floor(toFloat(value as TemplateValue)))],
  ['round', takes(2, (value, digits) => round(toFloat(value as TemplateValue), whole(digits)))],
  [
    'default',
    takes(2, (otherwise, value) =>
      isTrue(value as TemplateValue) ? (value as TemplateValue) : (otherwise as TemplateValue),
    ),
  ],
  [
    'regexReplaceAll',
    takes(
      3,
      texts((expression = '', s = '', by = '') => replaceAll(expression, s, by, false)),
    ),
  ],
  [
    'regexReplaceAllLiteral',
    takes(
      3,
      texts((expression = '', s = '', by = '') => replaceAll(expression, s, by, true)),
    ),
  ],
  [
    'count',
    takes(
      2,
      texts((expression = '', s = '') => countMatches(expression, s)),
    ),
  ],
  [
    'urlencode',
    takes(
      1,
      texts((s = '') => encodeQuery(s)),
    ),
  ],
  [
    'urldecode',
    takes(
      1,
      texts((s = '') => decodeQuery(s)),
    ),
  ],
  [
    'bytes',
    takes(
      1,
      texts((s = '') => parseBytes(s)),
    ),
  ],
  ...['duration', 'duration_seconds'].map(
    (name) =>
      [
        name,
        takes(
          1,
          texts((s = '') => parseGoDuration(s) / 1e9),
        ),
      ] as const,
  ),
  ['alignLeft', takes(2, (n, s) => align(whole(n), String(s), true))],
  ['alignRight', takes(2, (n, s) => align(whole(n), String(s), false))],
  [
    'b64enc',
    takes(
      1,
      texts((s = '') => Buffer.from(s).toString('base64')),
    ),
  ],
  ['not', takes(1, (value) => !isTrue(value as TemplateValue))],
  ['and', takesMany(1, (...values) => values.find((value) => !isTrue(value)) ?? (values.at(-1) as TemplateValue))],
  ['or', takesMany(1, (...values) => values.find(isTrue) ?? (values.at(-1) as TemplateValue))],
  [
    'len',
    takes(
      1,
      texts((s = '') => BigInt(Buffer.byteLength(s))),
    ),
  ],
  ['print', takesMany(0, (...values) => printAll(values))],
  ['eq', takesMany(2, (first, ...others) => others.some((other) => compare(first as TemplateValue, other) === 0))],
  ['ne', takes(2, (a, b) => compare(a as TemplateValue, b as TemplateValue) !== 0)],
  ['lt', takes(2, (a, b) => compare(a as TemplateValue, b as TemplateValue) < 0)],
  ['le', takes(2, (a, b) => compare(a as TemplateValue, b as TemplateValue) <= 0)],
  ['gt', takes(2, (a, b) => compare(a as TemplateValue, b as TemplateValue) > 0)],
  ['ge', takes(2, (a, b) => compare(a as TemplateValue, b as TemplateValue) >= 0)],
  ['printf', takesMany(1, (format, ...values) => formatted(String(format), values))],
])

/** Functions of Loki that work on times, lists and objects. */
export const REFUSED = new Set(
  `fromJson date toDate toDateInZone now unixEpoch unixEpochMillis unixEpochNanos unixToTime __timestamp__ html js
  b64dec
  index slice call urlquery println`.split(/\s+/),
)

export function isTrue(value: TemplateValue): boolean {
  return value !== '' && value !== 0 && value !== 0n && value !== false
}

/** As Go prints a value with `%v`. */
export function printed(value: TemplateValue): string {
  return typeof value === 'number' ? formatGeneral(value) : String(value)
}

/** With spaces between those of which neither is text. */
function printAll(values: readonly TemplateValue[]): string {
  return values
    .map(
      (value, i) => (i > 0 && ![value, values[i - 1]].some((v) => typeof v === 'string') ? ' ' : '') + printed(value),
    )
    .join('')
}

function compare(a: TemplateValue, b: TemplateValue): number {
  if (typeof a !== typeof b) throw new Error(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`)
  return a < b ? -1 : a > b ? 1 : 0
}

function typeName(value: TemplateValue): string {
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float64'
  return typeof value === 'boolean' ? 'bool' : 'string'
}

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

function withoutEnd(text: string, end: string): string {
  return end !== '' && text.endsWith(end) ? text.slice(0, -end.length) : text
}

/** As Go's `url.QueryEscape`. */
function encodeQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
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

/** `%s`, `%d`, `%v`, `%f` and `%q` are enough for lines; others are refused. */
function formatted(format: string, values: readonly TemplateValue[]): string {
  let at = 0
  return format.replace(
    /%(-?)(0?)(\d*)(?:\.(\d+))?(.)/gs,
    (whole, left: string, zero: string, width: string, digits: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      const value = values[at++]
      if (value === undefined) return `%!${verb}(MISSING)`
      const text = formattedValue(verb, value, digits, whole)
      return left === '-'
        ? text.padEnd(Number(width))
        : text.padStart(Number(width), zero === '0' && verb !== 's' ? '0' : ' ')
    },
  )
}

function formattedValue(verb: string, value: TemplateValue, digits: string | undefined, whole: string): string {
  if (verb === 'v' || (verb === 's' && typeof value === 'string'))
    return digits === undefined ? printed(value) : [...printed(value)].slice(0, Number(digits)).join('')
  if (verb === 'd' && typeof value === 'bigint') return String(value)
  if (verb === 'f' && typeof value === 'number') return value.toFixed(digits === undefined ? 6 : Number(digits))
  throw new Unsupported(`printf with ${whole} is not supported for ${printed(value)}`)
}
