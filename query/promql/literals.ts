/** Numbers, durations and strings, as they are written in a query. */

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

/** The way Prometheus prints durations: `1h30m`, `250ms`, `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  let rest = Math.abs(ms)
  let text = ms < 0 ? '-' : ''
  for (const unit of DURATION_UNITS) {
    const length = UNITS_MS[unit] as number
    // Prometheus writes years and weeks only when nothing remains.
    if ((unit === 'y' || unit === 'w') && rest % length !== 0) continue
    const count = Math.floor(rest / length)
    if (count > 0) text += `${count}${unit}`
    rest -= count * length
  }
  return text
}

/** @returns undefined when it is no number, as `08` with its leading zero is in Go. */
export function parseNumber(text: string): number | undefined {
  const lower = text.toLowerCase().replaceAll('_', '')
  const unsigned = lower.replace(/^[+-]/, '')
  const sign = lower.startsWith('-') ? -1 : 1
  if (unsigned === 'inf') return sign * Number.POSITIVE_INFINITY
  if (unsigned === 'nan') return Number.NaN
  if (/^0x[0-9a-f]+$/.test(unsigned)) return sign * Number(unsigned)
  if (/^0[0-7]+$/.test(unsigned)) return sign * Number.parseInt(unsigned, 8)
  if (/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(unsigned)) return sign * Number(unsigned)
  return undefined
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
