/**
 * Words of a query, as Loki's scanner reads them. Grafana's grammar is made for editors and does not say what is wrong;
 * messages and positions come from here.
 */

import { parseDuration } from '../promql/literals.ts'
import { quote } from '../quote.ts'
import { LogParseError } from './errors.ts'
import { parseBytes, parseGoDuration } from './units.ts'

export type TokenKind =
  | 'IDENTIFIER'
  | 'STRING'
  | 'NUMBER'
  | 'DURATION'
  | 'BYTES'
  | 'RANGE'
  | 'FUNCTION_FLAG'
  | 'word'
  | '$end'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly from: number
  readonly to: number
  /** Line 0 when Loki's scanner has lost it, as it does for words of more than one part. */
  readonly line: number
  readonly column: number
}

const WORDS = new Set(
  `by without bool on ignoring group_left group_right or and unless json regexp unpack pattern logfmt offset unwrap
  line_format label_format decolorize drop keep of`.split(/\s+/),
)
/** These are words only before parentheses, `by` or `without`. */
const FUNCTIONS = new Set(
  `rate rate_counter count_over_time bytes_rate bytes_over_time avg_over_time sum_over_time min_over_time max_over_time
  stdvar_over_time stddev_over_time quantile_over_time first_over_time last_over_time absent_over_time vector sum avg
  max min count stddev stdvar bottomk topk sort sort_desc label_replace approx_topk bytes duration duration_seconds
  ip variants`.split(/\s+/),
)
const SYMBOLS = ['|=', '|~', '|>', '!=', '!~', '!>', '=~', '==', '>=', '<=', ...'{}(),|=<>+-*/%^.']
const FLAGS = new Set(['--strict', '--keep-empty'])

/** The words of a query up to what is no word, if there is such, with an end after the last. */
export function readTokens(text: string): { readonly tokens: readonly Token[]; readonly error?: LogParseError } {
  return new Scanner(text).read()
}

/** As messages name a word. */
export function describe({ kind, text }: Token): string {
  if (kind !== 'word') return kind
  const lower = text.toLowerCase()
  return FUNCTIONS.has(lower) ? lower.toUpperCase() : lower
}

class Scanner {
  #at = 0
  readonly #tokens: Token[] = []

  constructor(readonly text: string) {}

  read(): ReturnType<typeof readTokens> {
    try {
      this.#readAll()
    } catch (error) {
      if (!(error instanceof LogParseError)) throw error
      this.#push('$end', '')
      return { tokens: this.#tokens, error }
    }
    this.#push('$end', '')
    return { tokens: this.#tokens }
  }

  #readAll(): void {
    for (;;) {
      this.#at += (/^(?:\s|#[^\n]*)*/.exec(this.text.slice(this.#at)) as RegExpExecArray)[0].length
      if (this.#at >= this.text.length) break
      this.#next(this.text.slice(this.#at))
    }
  }

  #push(kind: TokenKind, text: string, isLost = false): Token {
    const from = this.#at
    const { line, column } = this.#position(from)
    const token = { kind, text, from, to: from + text.length, line: isLost ? 0 : line, column }
    this.#tokens.push(token)
    this.#at += text.length
    return token
  }

  #position(at: number): { line: number; column: number } {
    // Of nothing at all, Loki knows no position.
    if (this.text === '') return { line: 0, column: 0 }
    const before = this.text.slice(0, at)
    const lineStart = before.lastIndexOf('\n') + 1
    return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 }
  }

  #fail(reason: string, at = this.#at, isLost = false): never {
    const { line, column } = this.#position(at)
    throw new LogParseError(reason, { line: isLost ? 0 : line, column }, at)
  }

  #next(rest: string): Token {
    const first = rest.charAt(0)
    if (first === '"' || first === '`') return this.#string(rest)
    if (first === '[') return this.#range(rest)
    if (/^(?:\d|\.\d)/.test(rest)) return this.#number(rest)
    const [flag = ''] = /^--[\p{L}-]*/u.exec(rest) ?? []
    if (FLAGS.has(flag)) return this.#push('FUNCTION_FLAG', flag, true)
    const [negative = ''] = /^-[\d.]+[nuµmshdwy][\d.nuµmshdwy]*/.exec(rest) ?? []
    if (negative !== '' && isDuration(negative)) return this.#push('DURATION', negative, true)
    const [word = ''] = /^[\p{L}_][\p{L}\p{N}_]*/u.exec(rest) ?? []
    if (word !== '') return this.#word(word, rest.slice(word.length))
    const symbol = SYMBOLS.find((symbol) => rest.startsWith(symbol))
    if (symbol !== undefined) return this.#push('word', symbol, symbol.length > 1)
    return this.#push('IDENTIFIER', String.fromCodePoint(rest.codePointAt(0) as number))
  }

  #string(rest: string): Token {
    const pattern = rest.startsWith('`') ? /^`[^`]*`/ : /^"(?:[^"\\\n]|\\[^\n])*"/
    const [quoted] = pattern.exec(rest) ?? []
    if (quoted === undefined) this.#fail('literal not terminated')
    if (quoted.startsWith('"') && !isWellEscaped(quoted)) this.#fail('invalid char escape')
    return this.#push('STRING', quoted)
  }

  #range(rest: string): Token {
    const end = rest.indexOf(']')
    if (end === -1) this.#fail("missing closing ']' in duration", this.#at, true)
    const inner = rest.slice(1, end)
    const mistake = durationMistake(inner)
    if (mistake !== undefined) this.#fail(mistake, this.#at, true)
    return this.#push('RANGE', rest.slice(0, end + 1), true)
  }

  #number(rest: string): Token {
    const [number] = /^(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(rest) as RegExpExecArray
    const [duration = ''] = /^[\d.]+[nuµmshdwy][\d.nuµmshdwy]*/.exec(rest) ?? []
    if (duration !== '' && isDuration(duration)) return this.#push('DURATION', duration, true)
    const [size = ''] = /^[\d.]+[BikKMGTP][\d.BikKMGTP]*/.exec(rest) ?? []
    if (size !== '' && isSize(size)) return this.#push('BYTES', size, true)
    return this.#push('NUMBER', number)
  }

  #word(word: string, rest: string): Token {
    const lower = word.toLowerCase()
    const isCall = /^\s*(?:\(|(?:by|without)\s*\()/i.test(rest)
    const isWord = WORDS.has(lower) || (FUNCTIONS.has(lower) && isCall)
    return this.#push(isWord ? 'word' : 'IDENTIFIER', word)
  }
}

function isWellEscaped(quoted: string): boolean {
  return /^"(?:[^\\]|\\(?:[abfnrtv\\"']|[0-7]{3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}))*"$/s.test(quoted)
}

/** Prometheus' or Go's. @returns nanoseconds */
export function readDuration(text: string): bigint {
  const ms = parseDuration(text)
  return ms === undefined ? BigInt(parseGoDuration(text)) : BigInt(ms) * 1_000_000n
}

function isDuration(text: string): boolean {
  try {
    readDuration(text)
    return true
  } catch {
    return false
  }
}

function isSize(text: string): boolean {
  try {
    parseBytes(text)
    return true
  } catch {
    return false
  }
}

/** What Prometheus says of a duration in brackets that is none. */
function durationMistake(text: string): string | undefined {
  if (text === '') return 'empty duration string'
  try {
    if (parseDuration(text) !== undefined) return undefined
  } catch (error) {
    return (error as Error).message
  }
  const [, digits = '', unit = ''] = /^(\d*)([^\d]*)/.exec(text) ?? []
  if (digits === '') return `not a valid duration string: ${quote(text)}`
  if (unit === '') return `missing unit in duration ${quote(text)}`
  if (!/^(?:ms|[smhdwy])$/.test(unit)) return `unknown unit ${quote(unit)} in duration ${quote(text)}`
  return `not a valid duration string: ${quote(text)}`
}
