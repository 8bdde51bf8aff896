/** Go's templates, cut into words, as `text/template/parse` does it. */
import { quote } from '../quote.ts'

export type TokenKind =
  | 'text'
  | 'leftDelimiter'
  | 'rightDelimiter'
  | 'space'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'string'
  | 'rawString'
  | 'character'
  | 'variable'
  | 'field'
  | 'number'
  | 'complex'
  | 'identifier'
  | 'boolean'
  | 'leftParenthesis'
  | 'rightParenthesis'
  | 'other'
  | 'keyword'
  | 'error'
  | 'end'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** An offset in JavaScript's string. */
  readonly from: number
  /** From 1. */
  readonly line: number
}

const KEYWORDS = new Set('. block break continue define else end if range nil template with'.split(' '))

/** As it is named in messages. */
export function describe({ kind, text }: Token): string {
  if (kind === 'end') return 'EOF'
  if (kind === 'error') return text
  if (kind === 'keyword') return `<${text}>`
  return [...text].length > 10 ? `${quote([...text].slice(0, 10).join(''))}...` : quote(text)
}

const ALPHANUMERIC = /[\p{L}\p{Nd}_]/u
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F_]*\.?[\da-fA-F_]*(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*\.?[0-7_]*|0[bB][01_]*\.?[01_]*|[\d_]*\.?[\d_]*(?:[eE][+-]?[\d_]*)?)i?/y

/** Reads one token at a time, since what is wrong in a template is told up to where it is parsed. */
export class Lexer {
  #at = 0
  #line = 1
  #isInAction = false
  #depth = 0
  #hasFailed = false

  constructor(readonly text: string) {}

  next(): Token {
    if (this.#hasFailed) return this.#token('end', 0)
    return this.#isInAction ? this.#inAction() : this.#outside()
  }

  #token(kind: TokenKind, length: number): Token {
    const text = this.text.slice(this.#at, this.#at + length)
    const token = { kind, text, from: this.#at, line: this.#line }
    this.#skip(length)
    return token
  }

  #skip(length: number): void {
    for (const end = this.#at + length; this.#at < end; this.#at++) if (this.text[this.#at] === '\n') this.#line++
  }

  #fail(reason: string): Token {
    this.#hasFailed = true
    return { kind: 'error', text: reason, from: this.#at, line: this.#line }
  }

  #outside(): Token {
    const { text } = this
    const open = text.indexOf('{{', this.#at)
    if (open === -1) return this.#token(this.#at < text.length ? 'text' : 'end', text.length - this.#at)
    const isTrimmed = /^-[ \t\r\n]/.test(text.slice(open + 2, open + 4))
    if (open > this.#at) {
      const before = text.slice(this.#at, open)
      const kept = isTrimmed ? before.replace(/[ \t\r\n]+$/, '') : before
      const token = this.#token('text', kept.length)
      this.#skip(before.length - kept.length)
      if (kept !== '') return token
    }
    const afterMarker = isTrimmed ? 2 : 0
    if (text.startsWith('/*', open + 2 + afterMarker)) {
      this.#skip(2 + afterMarker)
      return this.#comment()
    }
    const token = this.#token('leftDelimiter', 2)
    this.#skip(afterMarker)
    this.#isInAction = true
    this.#depth = 0
    return token
  }

  #comment(): Token {
    const end = this.text.indexOf('*/', this.#at + 2)
    if (end === -1) return this.#fail('unclosed comment')
    const closing = this.#closing(end + 2)
    if (closing === undefined) return this.#fail('comment ends before closing delimiter')
    this.#skip(end + 2 - this.#at + closing.length)
    if (closing.isTrimming) this.#skipSpace()
    return this.#outside()
  }

  #skipSpace(): void {
    while (/[ \t\r\n]/.test(this.text[this.#at] ?? '')) this.#skip(1)
  }

  #closing(at: number): { readonly length: number; readonly isTrimming: boolean } | undefined {
    if (this.text.startsWith('}}', at)) return { length: 2, isTrimming: false }
    return /^[ \t\r\n]-\}\}/.test(this.text.slice(at, at + 4)) ? { length: 4, isTrimming: true } : undefined
  }

  #close({ length, isTrimming }: { readonly length: number; readonly isTrimming: boolean }): Token {
    this.#skip(length - 2)
    const token = this.#token('rightDelimiter', 2)
    if (isTrimming) this.#skipSpace()
    this.#isInAction = false
    return token
  }

  #inAction(): Token {
    const { text } = this
    const closing = this.#closing(this.#at)
    if (closing !== undefined) return this.#depth === 0 ? this.#close(closing) : this.#fail('unclosed left paren')
    const character = String.fromCodePoint(text.codePointAt(this.#at) ?? 0)
    if (this.#at >= text.length) return this.#fail('unclosed action')
    switch (character) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        return this.#space()
      case '=':
        return this.#token('assign', 1)
      case ':':
        return text[this.#at + 1] === '=' ? this.#token('declare', 2) : this.#fail('expected :=')
      case '|':
        return this.#token('pipe', 1)
      case '"':
        return this.#quoted('string', /"(?:[^"\\\n]|\\[^\n])*"/y, 'unterminated quoted string')
      case '`':
        return this.#quoted('rawString', /`[^`]*`/y, 'unterminated raw quoted string')
      case "'":
        return this.#quoted('character', /'(?:[^'\\\n]|\\[^\n])*'/y, 'unterminated character constant')
      case '$':
        return this.#fieldOrVariable('variable')
      case '(':
        this.#depth++
        return this.#token('leftParenthesis', 1)
      case ')':
        this.#depth--
        return this.#depth < 0 ? this.#fail('unexpected right paren') : this.#token('rightParenthesis', 1)
    }
    if (character === '.' && !/\d/.test(text[this.#at + 1] ?? '')) return this.#fieldOrVariable('field')
    if (/[.+\-0-9]/.test(character)) return this.#number()
    if (ALPHANUMERIC.test(character)) return this.#identifier()
    if (/[!-~]/.test(character)) return this.#token('other', 1)
    return this.#fail(`unrecognized character in action: ${codePoint(character)}`)
  }

  #space(): Token {
    const [space = ''] = /^[ \t\r\n]+/.exec(this.text.slice(this.#at)) ?? []
    const end = this.#at + space.length
    // The last space belongs to the marker, if there is one.
    const closing = this.#closing(end - 1)
    if (closing === undefined) return this.#token('space', space.length)
    return space.length === 1 ? this.#close(closing) : this.#token('space', space.length - 1)
  }

  #quoted(kind: TokenKind, pattern: RegExp, otherwise: string): Token {
    pattern.lastIndex = this.#at
    const [whole] = pattern.exec(this.text) ?? []
    return whole === undefined ? this.#fail(otherwise) : this.#token(kind, whole.length)
  }

  #word(from: number): number {
    let end = from
    for (;;) {
      const code = this.text.codePointAt(end)
      if (code === undefined || !ALPHANUMERIC.test(String.fromCodePoint(code))) return end
      end += code > 0xffff ? 2 : 1
    }
  }

  /** Whether a word may end here. */
  #isEnd(at: number): boolean {
    return at >= this.text.length || /[ \t\r\n.,|:()]/.test(this.text[at] as string) || this.text.startsWith('}}', at)
  }

  #badCharacter(at: number): Token {
    return this.#fail(`bad character ${codePoint(String.fromCodePoint(this.text.codePointAt(at) ?? 0))}`)
  }

  #fieldOrVariable(kind: 'field' | 'variable'): Token {
    const end = this.#word(this.#at + 1)
    if (!this.#isEnd(end)) return this.#badCharacter(end)
    if (kind === 'field' && end === this.#at + 1) return this.#token('keyword', 1)
    return this.#token(kind, end - this.#at)
  }

  #identifier(): Token {
    const end = this.#word(this.#at)
    if (!this.#isEnd(end)) return this.#badCharacter(end)
    const word = this.text.slice(this.#at, end)
    const kind = KEYWORDS.has(word) ? 'keyword' : word === 'true' || word === 'false' ? 'boolean' : 'identifier'
    return this.#token(kind, word.length)
  }

  #number(): Token {
    const first = this.#numberFrom(this.#at)
    if (first.isBad) return this.#fail(`bad number syntax: ${quote(this.text.slice(this.#at, first.end))}`)
    if (!/[+-]/.test(this.text[first.end] ?? '')) return this.#token('number', first.end - this.#at)
    const second = this.#numberFrom(first.end)
    if (second.isBad || this.text[second.end - 1] !== 'i')
      return this.#fail(`bad number syntax: ${quote(this.text.slice(this.#at, second.end))}`)
    return this.#token('complex', second.end - this.#at)
  }

  #numberFrom(from: number): { readonly end: number; readonly isBad: boolean } {
    NUMBER.lastIndex = from
    const end = from + (NUMBER.exec(this.text) as RegExpExecArray)[0].length
    const isBad = ALPHANUMERIC.test(this.text[end] ?? '')
    return { end: isBad ? end + 1 : end, isBad }
  }
}

/** As Go's `%#U`: `U+007D '}'`. */
function codePoint(character: string): string {
  const code = character.codePointAt(0) as number
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return /[\p{C}\p{Z}]/u.test(character) && character !== ' ' ? name : `${name} '${character}'`
}
