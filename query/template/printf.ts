/** Go's `fmt.Sprintf`: https://pkg.go.dev/fmt */
import { formatGeneral } from '../promql/format-number.ts'
import { quote } from '../quote.ts'
import { printed, type TemplateValue, typeName } from './value.ts'

interface Flags {
  readonly minus: boolean
  readonly plus: boolean
  readonly sharp: boolean
  readonly space: boolean
  readonly zero: boolean
  readonly width: number | undefined
  readonly precision: number | undefined
}

const LONGEST = 1_000_000
const TOO_LONG = 'the formatted text is too long'

/** @throws when the result would be too long */
export function formatted(format: string, values: readonly TemplateValue[]): string {
  let used = 0
  let length = 0
  const next = (): TemplateValue | undefined => values[used++]
  const result = format.replace(
    /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?([\s\S]?)/gu,
    (_, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      const minus = flags.includes('-')
      const wide = measure(width, next)
      const precise = precision === '' ? 0 : measure(precision, next)
      if (verb === '') return '%!(NOVERB)'
      if (verb === '%') return '%'
      if (used >= values.length) return `%!${verb}(MISSING)`
      const one = formatOne(next() as TemplateValue, verb, {
        minus: minus || (wide ?? 0) < 0,
        plus: flags.includes('+'),
        sharp: flags.includes('#'),
        space: flags.includes(' '),
        zero: flags.includes('0') && !minus,
        width: wide === undefined ? undefined : Math.abs(wide),
        precision: precise,
      })
      length += one.length
      if (length > LONGEST) throw new Error(TOO_LONG)
      return one
    },
  )
  if (used >= values.length) return result
  const extra = values.slice(used).map((value) => (value === null ? '<nil>' : `${typeName(value)}=${printed(value)}`))
  return `${result}%!(EXTRA ${extra.join(', ')})`
}

function measure(text: string | undefined, next: () => TemplateValue | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = text === '*' ? Number(next()) : Number(text)
  if (Math.abs(value) > LONGEST) throw new Error(TOO_LONG)
  return Number.isInteger(value) ? value : undefined
}

function formatOne(value: TemplateValue, verb: string, flags: Flags): string {
  if (verb === 'T') return padded(typeName(value), flags)
  if (value === null) return verb === 'v' ? padded('<nil>', flags) : `%!${verb}(<nil>)`
  const text = textOf(value, verb, flags)
  if (text === undefined) return `%!${verb}(${typeName(value)}=${printed(value)})`
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  return isNumber && verb !== 'c' ? paddedNumber(text, flags) : padded(text, flags)
}

/** @returns undefined when the verb is not for such a value */
function textOf(value: TemplateValue, verb: string, flags: Flags): string | undefined {
  switch (typeof value) {
    case 'boolean':
      return verb === 'v' || verb === 't' ? String(value) : undefined
    case 'bigint':
      return integer(value, verb, flags)
    case 'number':
      return float(value, verb, flags)
    case 'string':
      return string(value, verb, flags)
  }
  return verb === 'v' || verb === 's' ? printed(value) : undefined
}

function integer(value: bigint, verb: string, { sharp }: Flags): string | undefined {
  const sign = value < 0n ? '-' : ''
  const size = value < 0n ? -value : value
  switch (verb) {
    case 'v':
    case 'd':
      return String(value)
    case 'b':
      return `${sign}${sharp ? '0b' : ''}${size.toString(2)}`
    case 'o':
      return `${sign}${sharp ? '0' : ''}${size.toString(8)}`
    case 'O':
      return `${sign}0o${size.toString(8)}`
    case 'x':
      return `${sign}${sharp ? '0x' : ''}${size.toString(16)}`
    case 'X':
      return `${sign}${sharp ? '0X' : ''}${size.toString(16).toUpperCase()}`
    case 'c':
      return value >= 0n && value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : '\ufffd'
    case 'q':
      return value >= 0n && value <= 0x10ffffn ? quote(String.fromCodePoint(Number(value)), "'") : "'\ufffd'"
    case 'U':
      return `U+${size.toString(16).toUpperCase().padStart(4, '0')}`
  }
  return undefined
}

function float(value: number, verb: string, { precision }: Flags): string | undefined {
  if (!'vgGeEfF'.includes(verb)) return undefined
  if (!Number.isFinite(value)) return formatGeneral(value)
  switch (verb) {
    case 'v':
    case 'g':
      return formatGeneral(value, precision === 0 ? 1 : precision)
    case 'G':
      return formatGeneral(value, precision === 0 ? 1 : precision).toUpperCase()
    case 'e':
      return exponential(value, precision ?? 6)
    case 'E':
      return exponential(value, precision ?? 6).toUpperCase()
  }
  return fixed(value, precision ?? 6)
}

function exponential(value: number, digits: number): string {
  return signed(value, Math.abs(value).toExponential(Math.min(digits, 100))).replace(/e([+-])(\d)$/, 'e$10$2')
}

function fixed(value: number, digits: number): string {
  const size = Math.abs(value)
  // toFixed gives up its digits from 1e21 on.
  const text =
    size < 1e21 ? size.toFixed(Math.min(digits, 100)) : `${BigInt(size)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`
  return signed(value, text)
}

function signed(value: number, size: string): string {
  return value < 0 || Object.is(value, -0) ? `-${size}` : size
}

function string(value: string, verb: string, { precision, sharp }: Flags): string | undefined {
  const cut = precision === undefined ? value : [...value].slice(0, precision).join('')
  switch (verb) {
    case 'v':
      return sharp ? quote(cut) : cut
    case 's':
      return cut
    case 'q':
      return sharp && !cut.includes('`') ? `\`${cut}\`` : quote(cut)
    case 'x':
      return Buffer.from(cut).toString('hex')
    case 'X':
      return Buffer.from(cut).toString('hex').toUpperCase()
  }
  return undefined
}

function padded(text: string, { width = 0, minus, zero }: Flags): string {
  const missing = width - [...text].length
  if (missing <= 0) return text
  return minus ? text + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + text
}

function paddedNumber(text: string, flags: Flags): string {
  const hasDigits = /\d/.test(text)
  const sign = /^[+-]/.test(text) ? '' : flags.plus ? '+' : flags.space ? ' ' : ''
  const whole = sign + text
  const { width = 0, zero } = flags
  if (!zero || !hasDigits) return padded(whole, { ...flags, zero: false })
  const [, mark = '', digits = ''] = /^([+\- ]?)([\s\S]*)$/.exec(whole) ?? []
  return mark + digits.padStart(width - mark.length, '0')
}
