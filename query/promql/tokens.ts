/**
 * The words of a query, as Prometheus' own lexer tells them apart. The grammar parses without this; it is here because
 * the grammar is lenient about what is no PromQL at all (`"open`), and because messages about what was not expected
 * name the word the way Prometheus does.
 */
import { quote } from '../quote.ts'
import { ParseError } from './position.ts'

/** What kind of word it is, in the terms of Prometheus' messages. */
export type TokenKind =
  | 'identifier'
  | 'metric identifier'
  | 'keyword'
  | 'preprocessor'
  | 'aggregator'
  | 'operator'
  | 'punctuation'
  | 'number'
  | 'duration'
  | 'string'
  | 'end'

/** A word of a query, and where it is. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly from: number
}

const OPERATOR_WORDS = new Set(['and', 'or', 'unless', 'atan2'])
const AGGREGATOR_WORDS = new Set(
  'sum avg count min max group stddev stdvar topk bottomk count_values quantile limitk limit_ratio'.split(' '),
)
const KEYWORDS = new Set(
  'offset smoothed anchored by without on ignoring group_left group_right fill fill_left fill_right bool'.split(' '),
)
/** Words that are keywords in front of parentheses only. */
const PREPROCESSORS = new Set(['start', 'end', 'step', 'range', 'max_of', 'min_of'])
const DURATION_KEYWORDS = new Set(['step', 'range', 'max_of', 'min_of'])

/** Which word a message is about: `identifier "foo"`, `<op:+>`, `end of input`. */
export function describe({ kind, text }: Token): string {
  if (kind === 'end') return 'end of input'
  if (kind === 'keyword') return `<${text}>`
  if (kind === 'operator') return `<op:${text}>`
  if (kind === 'aggregator') return `<aggr:${text}>`
  if (kind === 'punctuation' || kind === 'preprocessor') return quote(text)
  if (kind === 'identifier' || kind === 'metric identifier') return `${kind} ${quote(text)}`
  const encoded = new TextEncoder().encode(text).length
  return `${kind} ${encoded > 10 ? `${quote([...text].slice(0, 10).join(''))}...` : quote(text)}`
}

/** All words of a query, and what is wrong behind the last of them if it goes no further. */
export function readTokens(text: string): { tokens: readonly Token[]; error: ParseError | undefined } {
  const lexer = new Lexer(text)
  try {
    lexer.readAll()
    return { tokens: lexer.tokens, error: undefined }
  } catch (error) {
    if (error instanceof ParseError) return { tokens: lexer.tokens, error }
    throw error
  }
}

/**
 * The same text without comments, for the grammar, which does not know all of what Prometheus takes: `2.`, `0x_ff`, colons in labels, a
 * metric of the name `offset`. Words stand in their places, as long as the ones that they stand for.
 */
export function forGrammar(text: string, tokens: readonly Token[]): string {
  let result = ''
  tokens.forEach((token, i) => {
    result += ' '.repeat(token.from - result.length)
    const { length } = token.text
    if (/\w$/.test(result)) result += token.text
    else if (token.kind === 'duration' || (token.kind === 'number' && /^[0-9.]/.test(token.text)))
      result += '1'.repeat(length)
    else if (token.kind === 'metric identifier' || isMetricNamedOffset(token, tokens[i - 1]))
      result += 'x'.repeat(length)
    // Only Prometheus takes them in capitals.
    else result += token.kind === 'preprocessor' ? token.text.toLowerCase() : token.text
  })
  return result + text.slice(result.length)
}

/** Where an operand is expected, `offset` is the name of a metric. */
export function isMetricNamedOffset({ kind, text }: Token, before: Token | undefined): boolean {
  if (kind !== 'keyword' || text.toLowerCase() !== 'offset') return false
  return (
    before === undefined || (before.kind === 'operator' && before.text !== '@') || /^(?:[(,]|bool)$/i.test(before.text)
  )
}

class Lexer {
  readonly tokens: Token[] = []
  #at = 0
  #start = 0
  #depth = 0
  #inBraces = false
  #inBrackets = false
  #inDuration = false
  #sawColon = false
  #sawDuration = false

  constructor(readonly text: string) {}

  readAll(): void {
    for (;;) {
      this.#skip()
      this.#start = this.#at
      if (this.#at >= this.text.length) break
      this.#emit(this.#readOne())
    }
    if (this.#inBraces) this.#fail('unexpected end of input inside braces')
    if (this.#inDuration) this.#fail('unexpected end of input in duration expression')
    if (this.#depth > 0) this.#fail('unclosed left parenthesis')
    if (this.#inBrackets) this.#fail('unclosed left bracket')
    this.#emit('end')
  }

  #readOne(): TokenKind {
    if (this.#inBraces) return this.#readInBraces()
    return this.#inDuration ? this.#readDuration() : this.#read()
  }

  #skip(): void {
    const gap = this.#inDuration ? /[ \t\n\r]*/y : /(?:[ \t\n\r]|#[^\n\r]*)*/y
    this.#take(gap)
  }

  #read(): TokenKind {
    const character = this.#next()
    if (/[0-9]/.test(character) || (character === '.' && /[0-9]/.test(this.#peek()))) return this.#readNumber()
    if (/["'`]/.test(character)) return this.#readString(character)
    if (/[a-zA-Z_:]/.test(character)) return this.#inBrackets ? this.#readWordInBrackets(character) : this.#readWord()
    switch (character) {
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case '^':
        return 'operator'
      case '=':
        if (this.#peek() === '~') this.#fail(`unexpected character after '=': '~'`)
        if (this.#accept('=')) return 'operator'
        return 'punctuation'
      case '!': {
        const next = this.#next()
        if (next !== '=') this.#fail(`unexpected character after '!': ${rune(next)}`)
        return 'operator'
      }
      case '<':
      case '>':
        if (!this.#accept('=')) this.#accept('/')
        return 'operator'
      case '(':
        this.#depth++
        return 'punctuation'
      case ')':
        return this.#closeParenthesis()
      case '{':
        this.#inBraces = true
        return 'punctuation'
      case '[':
        if (this.#inBrackets) this.#fail(`unexpected left bracket '['`)
        this.#inBrackets = true
        this.#inDuration = true
        this.#sawColon = false
        return 'punctuation'
      case ']':
        if (!this.#inBrackets) this.#fail(`unexpected right bracket ']'`)
        this.#inBrackets = false
        return 'punctuation'
      case ',':
        return 'punctuation'
      case '@':
        return 'operator'
      default:
        return this.#fail(`unexpected character: ${rune(character)}`)
    }
  }

  #readInBraces(): TokenKind {
    const character = this.#next()
    if (/["'`]/.test(character)) return this.#readString(character)
    if (/[a-zA-Z_]/.test(character)) {
      this.#take(/[a-zA-Z0-9_]*/y)
      return 'identifier'
    }
    switch (character) {
      case ',':
        return 'punctuation'
      case '=':
        if (this.#accept('~')) return 'operator'
        return 'punctuation'
      case '!': {
        const next = this.#next()
        if (next !== '~' && next !== '=') this.#fail(`unexpected character after '!' inside braces: ${rune(next)}`)
        return 'operator'
      }
      case '{':
        return this.#fail(`unexpected left brace '{'`)
      case '}':
        this.#inBraces = false
        return 'punctuation'
      default:
        return this.#fail(`unexpected character inside braces: ${rune(character)}`)
    }
  }

  /** Behind `[`, until the first number: from there on words are what they are elsewhere. */
  #readDuration(): TokenKind {
    const character = this.#next()
    if (/[0-9]/.test(character) || (character === '.' && /[0-9]/.test(this.#peek()))) {
      this.#sawDuration = true
      this.#inDuration = false
      return this.#readNumber()
    }
    switch (character) {
      case ']':
        this.#inBrackets = false
        this.#inDuration = false
        return 'punctuation'
      case ':':
        if (!this.#sawDuration) this.#failBehind('unexpected colon before duration in duration expression')
        if (this.#sawColon) this.#failBehind('unexpected repeated colon in duration expression')
        this.#sawColon = true
        return 'punctuation'
      case '(':
      case ',':
        if (character === '(') this.#depth++
        return 'punctuation'
      case ')':
        return this.#closeParenthesis()
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case '^':
        return 'operator'
    }
    if (this.#readDurationKeyword(character)) return 'preprocessor'
    this.#fail(`unexpected character in duration expression: ${rune(character)}`)
  }

  #closeParenthesis(): TokenKind {
    this.#depth--
    if (this.#depth < 0) this.#failBehind(`unexpected right parenthesis ')'`)
    return 'punctuation'
  }

  #readWordInBrackets(character: string): TokenKind {
    if (character === ':') {
      if (this.#sawColon) this.#fail(`unexpected colon ':'`)
      this.#sawColon = true
      return 'punctuation'
    }
    if (this.#readDurationKeyword(character)) return 'preprocessor'
    this.#fail(`unexpected character: ${rune(character)}, expected ':'`)
  }

  #readDurationKeyword(character: string): boolean {
    if (!/[srm]/i.test(character)) return false
    this.#take(/[a-zA-Z_]*/y)
    return DURATION_KEYWORDS.has(this.text.slice(this.#start, this.#at).toLowerCase())
  }

  #readWord(): TokenKind {
    this.#take(/[a-zA-Z0-9_:]*/y)
    const word = this.text.slice(this.#start, this.#at)
    const lower = word.toLowerCase()
    if (lower === 'inf' || lower === 'nan') return 'number'
    if (OPERATOR_WORDS.has(lower)) return 'operator'
    if (AGGREGATOR_WORDS.has(lower)) return 'aggregator'
    if (lower.startsWith('fill') && !/^[ \t\n\r]*\(/.test(this.text.slice(this.#at))) return 'identifier'
    if (KEYWORDS.has(lower)) return 'keyword'
    if (PREPROCESSORS.has(lower)) return 'preprocessor'
    return word.includes(':') ? 'metric identifier' : 'identifier'
  }

  #readNumber(): TokenKind {
    this.#at = this.#start
    if (this.#scanNumber()) return 'number'
    if (this.#scanDuration()) return 'duration'
    this.#fail(`bad number or duration syntax: ${quote(this.text.slice(this.#start, this.#at))}`)
  }

  /** Stops behind the character that shows that it is no number, which is part of the message then. */
  #scanNumber(): boolean {
    const isHex = this.#take(/0[xX]_?/y)
    const digit = isHex ? /[0-9a-fA-F]+/y : /[0-9]+/y
    if (!isHex) this.#take(/\.?/y)
    this.#take(digit)
    let sawDot = false
    let sawExponent = false
    for (;;) {
      if (this.#take(/\./y)) {
        if (sawDot || this.#take(/[_.]/y) || isHex) return false
        sawDot = true
      } else if (this.#take(/[eE]/y)) {
        if (sawExponent) return false
        sawExponent = true
        this.#take(/[+-]/y)
        if (this.#take(/[._eE]/y) || this.#peek() === '') return false
      } else if (this.#take(/_/y)) {
        if (this.#take(/[._eE]/y) || this.#peek() === '') return false
      } else if (!this.#take(digit)) break
    }
    return !/[a-zA-Z0-9_]/.test(this.#peek())
  }

  #scanDuration(): boolean {
    if (!this.#take(/[smhdwy]s?/y)) return false
    while (this.#take(/[0-9]+/y)) if (!this.#take(/[smhdw]s?/y)) return false
    return !this.#take(/[a-zA-Z0-9_]/y)
  }

  #readString(mark: string): TokenKind {
    for (;;) {
      const character = this.#next()
      if (character === mark) return 'string'
      if (mark === '`') {
        if (character === '') this.#fail('unterminated raw string')
      } else if (character === '' || character === '\n') this.#fail('unterminated quoted string')
      else if (character === '\\') this.#readEscape(mark)
    }
  }

  #readEscape(mark: string): void {
    const letter = this.#next()
    if (letter === '') this.#fail('escape sequence not terminated')
    if (`abfnrtv\\${mark}`.includes(letter)) return
    const digits = letter === 'x' ? 2 : letter === 'u' ? 4 : letter === 'U' ? 8 : /[0-7]/.test(letter) ? 3 : 0
    if (digits === 0) this.#fail(`unknown escape sequence ${codePoint(letter)}`)
    const octal = digits === 3
    let value = octal ? letter : ''
    while (value.length < digits) {
      const digit = this.#next()
      if (digit === '') this.#fail('escape sequence not terminated')
      if (!(octal ? /[0-7]/ : /[0-9a-fA-F]/).test(digit))
        this.#fail(`illegal character ${codePoint(digit)} in escape sequence`)
      value += digit
    }
    const code = Number.parseInt(value, octal ? 8 : 16)
    if (code > (octal ? 255 : 0x10ffff) || (code >= 0xd800 && code < 0xe000))
      this.#fail('escape sequence is an invalid Unicode code point')
  }

  #peek(): string {
    return this.text.charAt(this.#at)
  }

  #next(): string {
    const code = this.text.codePointAt(this.#at)
    if (code === undefined) return ''
    const character = String.fromCodePoint(code)
    this.#at += character.length
    return character
  }

  #accept(character: string): boolean {
    if (this.#peek() !== character) return false
    this.#at++
    return true
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    if (!pattern.test(this.text)) return false
    this.#at = pattern.lastIndex
    return true
  }

  #emit(kind: TokenKind): void {
    this.tokens.push({ kind, text: this.text.slice(this.#start, this.#at), from: this.#start })
    this.#start = this.#at
  }

  /** Where Prometheus has read the character already when it finds it out of place. */
  #failBehind(reason: string): never {
    this.#start = this.#at
    this.#fail(reason)
  }

  #fail(reason: string): never {
    throw new ParseError(this.text, this.#start, reason)
  }
}

/** As Go prints one character: `'ä'`, `'\n'`; the end of the text is its number -1, which is no character. */
function rune(character: string): string {
  return character === '' ? "'\ufffd'" : quote(character, "'")
}

/** As Go prints a code point: `U+0071 'q'`. */
function codePoint(character: string): string {
  const code = character.codePointAt(0) as number
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${character}'`
}
