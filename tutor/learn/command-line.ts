/** A part of a word: text, or the value of a variable. */
type Piece = { readonly text: string } | { readonly variable: string }
export type Word = readonly Piece[]

export interface SimpleCommand {
  readonly kind: 'simple'
  /** Variables that are set for this command. */
  readonly settings: Readonly<Record<string, string>>
  readonly words: readonly Word[]
  /** The file that its output goes to. */
  readonly output: Word | undefined
}

export type Command =
  | SimpleCommand
  | { readonly kind: 'pipe'; readonly commands: readonly Command[] }
  | { readonly kind: 'list'; readonly items: readonly { readonly command: Command; readonly isBackground: boolean }[] }
  | { readonly kind: 'for'; readonly variable: string; readonly values: readonly Word[]; readonly body: Command }

/** The command line has something that only a shell understands. The message completes "A terminal is needed for …". */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood'
}

type Token = { readonly operator: string } | { readonly word: Word } | { readonly numbersTo: number }

/** More passes of a loop are not made. */
const MOST_PASSES = 200

/**
 * Reads the part of the shell's language that lessons use: words with quotes and `$i`, `|`, `;`, `&`, `( … )`, `> file`,
 * and `for i in …; do …; done`. It starts no shell; whatever else there is gets refused.
 *
 * @throws NotUnderstood
 */
export function parseCommandLine(text: string): Command {
  const parser = new Parser(tokensOf(text))
  const command = parser.list([])
  parser.expectEnd()
  return command
}

/** @throws NotUnderstood for a variable that no loop sets */
export function textOf(word: Word, variables: Readonly<Record<string, string>>): string {
  return word.map((piece) => ('text' in piece ? piece.text : variableIn(variables, piece.variable))).join('')
}

function variableIn(variables: Readonly<Record<string, string>>, name: string): string {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined
  if (value === undefined) throw new NotUnderstood(`the variable ${name}`)
  return value
}

class Parser {
  #at = 0

  constructor(readonly tokens: readonly Token[]) {}

  list(ends: readonly string[]): Command {
    const items: { command: Command; isBackground: boolean }[] = []
    for (;;) {
      while (this.#takeOperator(';'));
      if (this.#peek() === undefined || this.#isAt(ends)) break
      const command = this.#pipe()
      const isBackground = this.#takeOperator('&')
      items.push({ command, isBackground })
      if (!isBackground && !this.#takeOperator(';') && !this.#isAt(ends) && this.#peek() !== undefined)
        throw new NotUnderstood('this command line')
    }
    if (items.length === 0) throw new NotUnderstood('an empty command')
    return { kind: 'list', items }
  }

  expectEnd(): void {
    if (this.#peek() !== undefined) throw new NotUnderstood('this command line')
  }

  #pipe(): Command {
    const commands = [this.#command()]
    while (this.#takeOperator('|')) commands.push(this.#command())
    return commands.length === 1 ? (commands[0] as Command) : { kind: 'pipe', commands }
  }

  #command(): Command {
    if (this.#takeOperator('(')) {
      const command = this.list([')'])
      this.#expectOperator(')')
      return command
    }
    if (this.#keyword() === 'for') return this.#loop()
    if (this.#keyword() === 'while') throw new NotUnderstood('a loop without an end')
    return this.#simple()
  }

  #loop(): Command {
    this.#at++
    const variable = this.#keyword()
    if (variable === undefined) throw new NotUnderstood('this loop')
    this.#at++
    this.#expectKeyword('in')
    const values: Word[] = []
    for (let token = this.#peek(); token !== undefined && !('operator' in token); token = this.#peek()) {
      this.#at++
      if ('word' in token) values.push(token.word)
      else values.push(...Array.from({ length: token.numbersTo }, (_, i) => [{ text: String(i + 1) }]))
    }
    if (values.length > MOST_PASSES) throw new NotUnderstood(`a loop of more than ${MOST_PASSES} passes`)
    this.#expectOperator(';')
    this.#expectKeyword('do')
    const body = this.list(['done'])
    this.#expectKeyword('done')
    return { kind: 'for', variable, values, body }
  }

  #simple(): SimpleCommand {
    const settings: Record<string, string> = {}
    const words: Word[] = []
    let output: Word | undefined
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      if ('operator' in token) {
        if (token.operator !== '>') break
        this.#at++
        const target = this.#peek()
        if (target === undefined || !('word' in target)) throw new NotUnderstood('this redirection')
        output = target.word
      } else if ('numbersTo' in token) throw new NotUnderstood('the output of another command')
      else {
        const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(plain(token.word) ?? '') ?? []
        if (words.length === 0 && name !== undefined && value !== undefined) settings[name] = value
        else words.push(token.word)
      }
      this.#at++
    }
    if (words.length === 0) throw new NotUnderstood('this command line')
    return { kind: 'simple', settings, words, output }
  }

  #peek(): Token | undefined {
    return this.tokens[this.#at]
  }

  #keyword(): string | undefined {
    const token = this.#peek()
    return token !== undefined && 'word' in token ? plain(token.word) : undefined
  }

  #isAt(ends: readonly string[]): boolean {
    const token = this.#peek()
    if (token === undefined || 'numbersTo' in token) return false
    return ends.includes('operator' in token ? token.operator : (plain(token.word) ?? ''))
  }

  #takeOperator(operator: string): boolean {
    const token = this.#peek()
    if (token === undefined || !('operator' in token) || token.operator !== operator) return false
    this.#at++
    return true
  }

  #expectOperator(operator: string): void {
    if (!this.#takeOperator(operator)) throw new NotUnderstood('this command line')
  }

  #expectKeyword(keyword: string): void {
    if (this.#keyword() !== keyword) throw new NotUnderstood('this command line')
    this.#at++
  }
}

function plain(word: Word): string | undefined {
  const [only, ...more] = word
  return only !== undefined && 'text' in only && more.length === 0 ? only.text : undefined
}

const SPACE = /(?:[ \t]|\\\n)+/y
const NUMBERS = /\$\(seq (\d{1,4})\)/y
const OPERATOR = /\n|&&|\|\||>>|[|;&>()<]/y
const UNDERSTOOD: ReadonlySet<string> = new Set(['|', ';', '&', '>', '(', ')'])

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    const space = matchAt(SPACE, text, at)
    if (space !== undefined) {
      at += space[0].length
      continue
    }
    const operator = matchAt(OPERATOR, text, at)?.[0]
    const numbers = matchAt(NUMBERS, text, at)
    if (operator !== undefined) {
      const known = operator === '\n' ? ';' : operator
      if (!UNDERSTOOD.has(known)) throw new NotUnderstood(`"${known}"`)
      tokens.push({ operator: known })
      at += operator.length
    } else if (numbers !== undefined) {
      tokens.push({ numbersTo: Number(numbers[1]) })
      at += numbers[0].length
    } else {
      const { word, end } = wordAt(text, at)
      tokens.push({ word })
      at = end
    }
  }
  return tokens
}

const BARE = /[^\s'"$\\`|;&<>()]+/y
const SINGLE = /'([^']*)'/y
const VARIABLE = /\$([A-Za-z_]\w*)/y
const ESCAPED = /\\([^\n])/y

function wordAt(text: string, start: number): { word: Word; end: number } {
  const pieces: Piece[] = []
  let at = start
  while (at < text.length) {
    if (text[at] === '"') {
      const quoted = quotedAt(text, at)
      pieces.push(...quoted.pieces)
      at = quoted.end
      continue
    }
    const bare = matchAt(BARE, text, at)
    const literal = matchAt(SINGLE, text, at) ?? matchAt(ESCAPED, text, at)
    const variable = matchAt(VARIABLE, text, at)
    const found = bare ?? literal ?? variable
    if (found === undefined) break
    if (variable !== undefined) pieces.push({ variable: variable[1] as string })
    else pieces.push({ text: (literal?.[1] ?? found[0]) as string })
    at += found[0].length
  }
  if (at === start) throw new NotUnderstood(`"${text[at]}"`)
  return { word: joined(pieces), end: at }
}

const DOUBLE_TEXT = /(?:[^"\\$`]|\\[^\n])+/y

function quotedAt(text: string, start: number): { pieces: Piece[]; end: number } {
  const pieces: Piece[] = [{ text: '' }]
  let at = start + 1
  while (text[at] !== '"') {
    const plainText = matchAt(DOUBLE_TEXT, text, at)
    const variable = matchAt(VARIABLE, text, at)
    const found = plainText ?? variable
    if (found === undefined) throw new NotUnderstood('these quotes')
    if (variable !== undefined) pieces.push({ variable: variable[1] as string })
    else pieces.push({ text: found[0].replace(/\\(["\\$`])/g, '$1') })
    at += found[0].length
  }
  return { pieces, end: at + 1 }
}

/** Neighbouring texts as one. */
function joined(pieces: readonly Piece[]): Word {
  const word: Piece[] = []
  for (const piece of pieces) {
    const last = word.at(-1)
    if ('text' in piece && last !== undefined && 'text' in last)
      word[word.length - 1] = { text: last.text + piece.text }
    else word.push(piece)
  }
  return word
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}
