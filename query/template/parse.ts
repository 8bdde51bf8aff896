/** Go's templates, parsed as `text/template/parse` does it, with its messages. */
import { unquote } from '../promql/literals.ts'
import { quote } from '../quote.ts'
import { Unsupported } from '../unsupported.ts'
import type { FunctionTable } from './functions.ts'
import { type Branch, type Command, type Node, type NumberOperand, type Operand, type Pipe, written } from './nodes.ts'
import { describe, Lexer, type Token, type TokenKind } from './tokens.ts'

/** A parsed template, and those that are defined in it. */
export interface ParsedTemplate {
  readonly nodes: readonly Node[]
  readonly defined: ReadonlyMap<string, readonly Node[]>
  /** The first names of all fields: `.job` and `.Labels.job` give `job` and `Labels`. */
  readonly fields: readonly string[]
}

/**
 * @param name as it is in messages
 * @throws the message of Go's parser
 * @throws {Unsupported} naming what is not supported
 */
export function parseTemplate(text: string, name: string, functions: FunctionTable): ParsedTemplate {
  const defined = new Map<string, readonly Node[]>()
  const fields: string[] = []
  const nodes = new Parser({ lexer: new Lexer(text), name, functions, defined, fields }).parse()
  return { nodes, defined, fields }
}

interface Shared {
  readonly lexer: Lexer
  readonly name: string
  readonly functions: FunctionTable
  readonly defined: Map<string, readonly Node[]>
  readonly fields: string[]
}

/** What ends a list of nodes. */
interface End {
  readonly kind: 'end' | 'else'
}

const MOST_PARENTHESES = 100
/** Of `if`, `with` and `range`; each `else if` is inside the one before. */
const MOST_BRANCHES = 500
const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'boolean',
  'character',
  'complex',
  'field',
  'identifier',
  'number',
  'rawString',
  'string',
  'variable',
  'leftParenthesis',
])
const CONSTANTS: ReadonlySet<Operand['kind']> = new Set<Operand['kind']>(['boolean', 'dot', 'nil', 'number', 'string'])

class Parser {
  readonly #shared: Shared
  /** Tokens that were read ahead, the next one last. */
  readonly #ahead: Token[] = []
  /** The line that messages name. */
  #line = 1
  #actionLine = 0
  #variables = ['$']
  #ranges = 0
  #branches = 0
  #parentheses = 0

  constructor(shared: Shared, ahead: readonly Token[] = []) {
    this.#shared = shared
    this.#ahead.push(...ahead)
  }

  parse(): readonly Node[] {
    const nodes: Node[] = []
    while (this.#peek().kind !== 'end') {
      if (this.#peek().kind === 'leftDelimiter') {
        const delimiter = this.#next()
        if (this.#isKeyword(this.#peekWord(), 'define')) {
          this.#nextWord()
          this.#define()
          continue
        }
        this.#ahead.push(delimiter)
      }
      const node = this.#textOrAction()
      if (isEnd(node)) this.#fail(`unexpected {{${node.kind}}}`)
      nodes.push(node)
    }
    return nodes
  }

  #fail(reason: string): never {
    throw new Error(`template: ${this.#shared.name}:${this.#line}: ${reason}`)
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') this.#fail(`unexpected ${describe(token)} in ${context}`)
    const isElsewhere = this.#actionLine !== 0 && this.#actionLine !== token.line
    const started = `started at ${this.#shared.name}:${this.#actionLine}`
    if (!isElsewhere) this.#fail(token.text)
    this.#fail(`${token.text}${token.text.endsWith(' action') ? ' ' : ' in action '}${started}`)
  }

  #next(): Token {
    return this.#ahead.pop() ?? this.#read()
  }

  #read(): Token {
    const token = this.#shared.lexer.next()
    this.#line = token.line
    return token
  }

  #peek(): Token {
    const token = this.#next()
    this.#ahead.push(token)
    return token
  }

  /** The next token that is no space. */
  #nextWord(): Token {
    for (;;) {
      const token = this.#next()
      if (token.kind !== 'space') return token
    }
  }

  #peekWord(): Token {
    const token = this.#nextWord()
    this.#ahead.push(token)
    return token
  }

  #isKeyword(token: Token, word: string): boolean {
    return token.kind === 'keyword' && token.text === word
  }

  #expect(kind: TokenKind, context: string): Token {
    const token = this.#nextWord()
    if (token.kind !== kind) this.#unexpected(token, context)
    return token
  }

  #define(): void {
    const context = 'define clause'
    const token = this.#nextWord()
    const name = this.#templateName(token, context)
    this.#expect('rightDelimiter', context)
    this.#definition(name, context)
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'rawString') this.#unexpected(token, context)
    return unquote(token.text)
  }

  /** Reads up to the `end`; variables of elsewhere are unknown there. */
  #definition(name: string, context: string): void {
    const inner = new Parser(this.#shared, this.#ahead)
    this.#ahead.length = 0
    const { nodes, end } = inner.#list()
    if (end.kind !== 'end') inner.#fail(`unexpected {{${end.kind}}} in ${context}`)
    this.#ahead.push(...inner.#ahead)
    const { defined } = this.#shared
    const known = defined.get(name)
    if (known !== undefined && !isEmpty(known)) {
      if (!isEmpty(nodes)) inner.#fail(`template: multiple definition of template ${quote(name)}`)
      return
    }
    defined.set(name, nodes)
  }

  #list(): { readonly nodes: readonly Node[]; readonly end: End } {
    const nodes: Node[] = []
    while (this.#peekWord().kind !== 'end') {
      const node = this.#textOrAction()
      if (isEnd(node)) return { nodes, end: node }
      nodes.push(node)
    }
    this.#fail('unexpected EOF')
  }

  #textOrAction(): Node | End {
    const token = this.#nextWord()
    if (token.kind === 'text') return { kind: 'text', text: token.text }
    if (token.kind !== 'leftDelimiter') this.#unexpected(token, 'input')
    this.#actionLine = token.line
    const node = this.#action()
    this.#actionLine = 0
    return node
  }

  #action(): Node | End {
    const token = this.#nextWord()
    if (token.kind === 'keyword') {
      switch (token.text) {
        case 'block':
          return this.#block()
        case 'break':
        case 'continue':
          return this.#jump(token.text)
        case 'else':
          return this.#else()
        case 'end':
          this.#expect('rightDelimiter', 'end')
          return { kind: 'end' }
        case 'if':
        case 'with':
        case 'range':
          return this.#branch(token.text)
        case 'template':
          return this.#template()
      }
    }
    this.#ahead.push(token)
    return { kind: 'action', pipe: this.#pipe('command', 'rightDelimiter') }
  }

  #jump(kind: 'break' | 'continue'): Node {
    const token = this.#nextWord()
    if (token.kind !== 'rightDelimiter') this.#unexpected(token, `{{${kind}}}`)
    if (this.#ranges === 0) this.#fail(`{{${kind}}} outside {{range}}`)
    return { kind }
  }

  #else(): End {
    const next = this.#peekWord()
    if (!this.#isKeyword(next, 'if') && !this.#isKeyword(next, 'with')) this.#expect('rightDelimiter', 'else')
    return { kind: 'else' }
  }

  #branch(kind: Branch['kind']): Branch {
    if (this.#branches >= MOST_BRANCHES) this.#fail(`more than ${MOST_BRANCHES} nested {{if}}, {{with}} and {{range}}`)
    this.#branches++
    const known = this.#variables.length
    const pipe = this.#pipe(kind, 'rightDelimiter')
    if (kind === 'range') this.#ranges++
    const { nodes: then, end } = this.#list()
    if (kind === 'range') this.#ranges--
    const otherwise = end.kind === 'else' ? this.#otherwise(kind) : []
    this.#variables.length = known
    this.#branches--
    return { kind, pipe, then, otherwise }
  }

  #otherwise(kind: Branch['kind']): readonly Node[] {
    const next = this.#peek()
    if (kind !== 'range' && this.#isKeyword(next, kind)) {
      this.#next()
      return [this.#branch(kind)]
    }
    const { nodes, end } = this.#list()
    if (end.kind !== 'end') this.#fail(`expected end; found {{${end.kind}}}`)
    return nodes
  }

  #template(): Node {
    const context = 'template clause'
    const token = this.#nextWord()
    const name = this.#templateName(token, context)
    const next = this.#nextWord()
    if (next.kind === 'rightDelimiter') return { kind: 'template', name, pipe: undefined, from: token.from }
    this.#ahead.push(next)
    return { kind: 'template', name, pipe: this.#pipe(context, 'rightDelimiter'), from: token.from }
  }

  #block(): Node {
    const context = 'block clause'
    const token = this.#nextWord()
    const name = this.#templateName(token, context)
    const pipe = this.#pipe(context, 'rightDelimiter')
    this.#definition(name, context)
    return { kind: 'template', name, pipe, from: token.from }
  }

  #pipe(context: string, end: 'rightDelimiter' | 'rightParenthesis'): Pipe {
    const { from } = this.#peekWord()
    const { variables, isAssignment } = this.#declarations(context)
    const commands: Command[] = []
    for (;;) {
      const token = this.#nextWord()
      if (token.kind === end) break
      const isOperand = OPERANDS.has(token.kind) || this.#isKeyword(token, '.') || this.#isKeyword(token, 'nil')
      if (!isOperand) this.#unexpected(token, context)
      this.#ahead.push(token)
      commands.push(this.#command())
    }
    if (commands.length === 0) this.#fail(`missing value for ${context}`)
    commands.slice(1).forEach(({ args: [first] }, i) => {
      if (CONSTANTS.has(first.kind)) this.#fail(`non executable command in pipeline stage ${i + 2}`)
    })
    return { kind: 'pipe', from, variables, isAssignment, commands }
  }

  /** `$x := `, `$x = ` or, in a range, `$i, $x := `. */
  #declarations(context: string): { readonly variables: readonly string[]; readonly isAssignment: boolean } {
    const variables: string[] = []
    while (this.#peekWord().kind === 'variable') {
      const variable = this.#next()
      const space = this.#peek().kind === 'space' ? this.#next() : undefined
      const next = this.#peek()
      if (next.kind === 'assign' || next.kind === 'declare') {
        this.#next()
        this.#declare(variable.text, variables)
        return { variables, isAssignment: next.kind === 'assign' }
      }
      if (next.kind === 'other' && next.text === ',') {
        this.#next()
        this.#declare(variable.text, variables)
        if (context !== 'range' || variables.length > 1) this.#fail(`too many declarations in ${context}`)
        if (!['variable', 'rightDelimiter', 'rightParenthesis'].includes(this.#peekWord().kind))
          this.#fail('range can only initialize variables')
        continue
      }
      if (space !== undefined) this.#ahead.push(space)
      this.#ahead.push(variable)
      break
    }
    return { variables, isAssignment: false }
  }

  #declare(name: string, variables: string[]): void {
    variables.push(name)
    this.#variables.push(name)
  }

  #command(): Command {
    const { from } = this.#peekWord()
    const args: Operand[] = []
    for (;;) {
      this.#peekWord()
      const operand = this.#operand()
      if (operand !== undefined) args.push(operand)
      const token = this.#next()
      if (token.kind === 'space') continue
      if (token.kind === 'rightDelimiter' || token.kind === 'rightParenthesis') this.#ahead.push(token)
      else if (token.kind !== 'pipe') this.#unexpected(token, 'operand')
      break
    }
    const [first, ...others] = args
    if (first === undefined) this.#fail('empty command')
    return { kind: 'command', from, args: [first, ...others] }
  }

  #operand(): Operand | undefined {
    const operand = this.#term()
    if (operand === undefined || this.#peek().kind !== 'field') return operand
    const { from } = this.#peek()
    const names: string[] = []
    while (this.#peek().kind === 'field') names.push(this.#next().text.slice(1))
    if (operand.kind === 'field' || operand.kind === 'variable')
      return { ...operand, from, names: [...operand.names, ...names] }
    if (CONSTANTS.has(operand.kind)) this.#fail(`unexpected . after term ${quote(written(operand))}`)
    return { kind: 'chain', from, operand, names }
  }

  #term(): Operand | undefined {
    const token = this.#nextWord()
    const { from, text } = token
    switch (token.kind) {
      case 'identifier':
        if (this.#shared.functions.get(text) === undefined) this.#fail(`function ${quote(text)} not defined`)
        return { kind: 'identifier', from, name: text }
      case 'variable':
        if (!this.#variables.includes(text)) this.#fail(`undefined variable ${quote(text)}`)
        return { kind: 'variable', from, names: [text] }
      case 'field':
        this.#shared.fields.push(text.slice(1))
        return { kind: 'field', from, names: [text.slice(1)] }
      case 'boolean':
        return { kind: 'boolean', from, value: text === 'true' }
      case 'number':
      case 'character':
        return this.#number(token)
      case 'complex':
        throw new Unsupported('complex numbers in templates are not supported')
      case 'string':
      case 'rawString':
        return { kind: 'string', from, quoted: text, value: unquote(text) }
      case 'leftParenthesis': {
        if (this.#parentheses >= MOST_PARENTHESES) this.#fail('max expression depth exceeded')
        this.#parentheses++
        const pipe = this.#pipe('parenthesized pipeline', 'rightParenthesis')
        this.#parentheses--
        return pipe
      }
      case 'keyword':
        if (text === '.') return { kind: 'dot', from }
        if (text === 'nil') return { kind: 'nil', from }
    }
    this.#ahead.push(token)
    return undefined
  }

  #number({ kind, text, from }: Token): NumberOperand {
    if (kind === 'character') {
      const characters = [...unquote(text)]
      const code = characters[0]?.codePointAt(0)
      if (code === undefined || characters.length > 1) this.#fail(`malformed character constant: ${text}`)
      return { kind: 'number', from, text, integer: BigInt(code), float: code }
    }
    if (text.endsWith('i')) throw new Unsupported('complex numbers in templates are not supported')
    const integer = parseInteger(text)
    if (integer !== undefined) return { kind: 'number', from, text, integer, float: Number(integer) }
    const float = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (Number.isNaN(float)) this.#fail(`illegal number syntax: ${quote(text)}`)
    if (!/[.eE]/.test(text)) this.#fail(`integer overflow: ${quote(text)}`)
    const isWhole = Number.isInteger(float) && Math.abs(float) < 2 ** 63
    return { kind: 'number', from, text, integer: isWhole ? BigInt(float) : undefined, float }
  }
}

/** As Go's `strconv.ParseInt` with base 0. */
function parseInteger(text: string): bigint | undefined {
  const [, sign = '', digits = ''] = /^([+-]?)(0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*)$/.exec(text) ?? []
  if (digits === '' || /__|_$/.test(digits)) return undefined
  const plain = digits.replaceAll('_', '')
  if (/^0\d*[89]/.test(plain)) return undefined
  const value = BigInt(/^0[0-7]+$/.test(plain) ? `0o${plain.slice(1)}` : plain)
  const signed = sign === '-' ? -value : value
  return BigInt.asIntN(64, signed) === signed ? signed : undefined
}

function isEnd(node: Node | End): node is End {
  return node.kind === 'end' || node.kind === 'else'
}

function isEmpty(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '')
}
