/** Numbers, durations and strings, as they are written in a query. */
import { quote } from '../quote.ts'

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
const DURATION_UNITS = ['y', 'w', 'd', 'h', 'm', 's', 'ms']
/** Go's durations are nanoseconds in 63 bits. */
const LONGEST_MS = 2 ** 63 / 1e6

/** @returns milliseconds, or undefined when it is no duration such as `1h30m`. @throws when it is too long. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  const match = DURATION.exec(text)
  if (match === null || text === '') return undefined
  const ms = DURATION_UNITS.reduce((sum, unit, i) => sum + Number(match[i + 1] ?? 0) * (UNITS_MS[unit] as number), 0)
  if (ms > LONGEST_MS) throw new Error('duration out of range')
  return ms
}

/** As Prometheus writes a duration: `1h30m`. Years and weeks only where they are whole. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms < 0) return `-${formatDuration(-ms)}`
  let rest = Math.trunc(ms)
  let text = ''
  for (const unit of DURATION_UNITS) {
    const size = UNITS_MS[unit] as number
    if ((unit === 'y' || unit === 'w') && rest % size !== 0) continue
    const count = Math.floor(rest / size)
    if (count > 0) text += count + unit
    rest -= count * size
  }
  return text
}

/**
 * A number, or a duration as a number of seconds.
 *
 * @throws the message of Go's parser when it is neither
 */
export function readNumber(text: string): { readonly value: number; readonly isDuration: boolean } {
  if (/^[0-9]+[smhdwy]/.test(text)) {
    const ms = parseDuration(text)
    if (ms === undefined) throw new Error(`not a valid duration string: ${quote(text)}`)
    return { value: ms / 1000, isDuration: true }
  }
  const value = parseNumber(text)
  if (value === undefined)
    throw new Error(`error parsing number: strconv.ParseFloat: parsing ${quote(text)}: invalid syntax`)
  if (Math.abs(value) === Number.POSITIVE_INFINITY && /\d/.test(text))
    throw new Error(`error parsing number: strconv.ParseFloat: parsing ${quote(text)}: value out of range`)
  return { value, isDuration: false }
}

/** Only whole numbers may have underscores, and a leading zero makes them octal where it can. */
function parseNumber(text: string): number | undefined {
  const lower = text.toLowerCase()
  if (lower === 'inf') return Number.POSITIVE_INFINITY
  if (lower === 'nan') return Number.NaN
  const digits = lower.replaceAll('_', '')
  if (/^0x[0-9a-f]+$/.test(digits)) return Number(digits) < 2 ** 63 ? Number(digits) : undefined
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8)
  if (/^[1-9][0-9]*$|^0$/.test(digits)) return Number(digits)
  return /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(lower) ? Number(lower) : undefined
}

const ESCAPED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

/** What a string in quotes or backquotes stands for. Escapes `\x` and octal ones are bytes of UTF-8. */
export function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1)
  if (quoted.startsWith('`') || !inner.includes('\\')) return inner
  const bytes: number[] = []
  const encoder = new TextEncoder()
  const pattern = /\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))|[^\\]+/g
  for (const [whole, hex, octal, short, long, letter] of inner.matchAll(pattern)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16))
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8))
    else {
      const code = short ?? long
      const text = code === undefined ? whole : String.fromCodePoint(Number.parseInt(code, 16))
      bytes.push(...encoder.encode(letter === undefined ? text : ESCAPED[letter]))
    }
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}
