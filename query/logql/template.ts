/** Go's templates, as far as lines and labels need them: https://pkg.go.dev/text/template */

import { unquote } from '../promql/literals.ts'
import { quote } from '../quote.ts'
import { Unsupported } from './errors.ts'
import { isTrue, printed, REFUSED, type TemplateValue, templateFunctions } from './template-functions.ts'

type Argument =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: TemplateValue }
  | { readonly kind: 'dot' }
  | { readonly kind: 'call'; readonly command: Command }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline }

interface Command {
  readonly name: string | undefined
  readonly args: readonly Argument[]
  readonly from: number
  readonly text: string
}

type Pipeline = readonly Command[]

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | { readonly kind: 'if' | 'with'; readonly pipeline: Pipeline; readonly then: Part[]; readonly otherwise: Part[] }

/** What a template sees of a line. */
export interface TemplateData {
  readonly labels: ReadonlyMap<string, string>
  readonly line: string
}

/** An error while a template is filled, in Go's words. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

const LINE = '__line__'

export class Template {
  readonly #parts: readonly Part[]
  readonly #fields: string[] = []

  /**
   * @param name as it is in messages
   * @throws the message of Go's parser
   * @throws {Unsupported} naming what is not supported
   */
  constructor(
    readonly text: string,
    readonly name: 'line' | 'label',
  ) {
    this.#parts = new Parser(text, name, this.#fields).parts()
  }

  /** The labels that it names. */
  get fields(): readonly string[] {
    return this.#fields
  }

  /** The one field that it consists of, if it is nothing else. */
  get onlyField(): string | undefined {
    const [part] = this.#parts
    if (this.#parts.length !== 1 || part?.kind !== 'action' || part.pipeline.length !== 1) return undefined
    const [command] = part.pipeline as [Command]
    const [argument] = command.args
    return command.name === undefined && argument?.kind === 'field' ? argument.name : undefined
  }

  /** @throws {TemplateError} */
  fill(data: TemplateData): string {
    return this.#fillAll(this.#parts, data, undefined)
  }

  #fillAll(parts: readonly Part[], data: TemplateData, dot: TemplateValue | undefined): string {
    return parts.map((part) => this.#fillOne(part, data, dot)).join('')
  }

  #fillOne(part: Part, data: TemplateData, dot: TemplateValue | undefined): string {
    if (part.kind === 'text') return part.text
    const value = this.#evaluate(part.pipeline, data, dot)
    if (part.kind === 'action') return printed(value)
    const holds = isTrue(value)
    const inner = part.kind === 'with' && holds ? value : dot
    return this.#fillAll(holds ? part.then : part.otherwise, data, inner)
  }

  #evaluate(pipeline: Pipeline, data: TemplateData, dot: TemplateValue | undefined): TemplateValue {
    let value: TemplateValue | undefined
    for (const command of pipeline) value = this.#run(command, data, dot, value)
    return value as TemplateValue
  }

  #run(command: Command, data: TemplateData, dot: TemplateValue | undefined, last?: TemplateValue): TemplateValue {
    const args = command.args.map((argument) => this.#argument(argument, data, dot))
    if (last !== undefined) args.push(last)
    if (command.name === undefined) return args[0] as TemplateValue
    if (command.name === LINE) return data.line
    const { least, most, run } = templateFunctions.get(command.name) as NonNullable<
      ReturnType<typeof templateFunctions.get>
    >
    if (args.length < least || args.length > most)
      this.#fail(
        command,
        `wrong number of args for ${command.name}: want ${most === least ? least : `at least ${least}`} got ${args.length}`,
      )
    try {
      return run(...args)
    } catch (error) {
      if (error instanceof Unsupported) throw error
      this.#fail(command, `error calling ${command.name}: ${(error as Error).message}`)
    }
  }

  #argument(argument: Argument, data: TemplateData, dot: TemplateValue | undefined): TemplateValue {
    switch (argument.kind) {
      case 'field':
        return data.labels.get(argument.name) ?? ''
      case 'literal':
        return argument.value
      case 'dot':
        return (
          dot ??
          `map[${[...data.labels]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map((pair) => pair.join(':'))
            .join(' ')}]`
        )
      case 'call':
        return this.#run(argument.command, data, dot)
      case 'pipeline':
        return this.#evaluate(argument.pipeline, data, dot)
    }
  }

  #fail({ from, text }: Command, reason: string): never {
    const before = this.text.slice(0, from)
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1))
    throw new TemplateError(
      `template: ${this.name}:${before.split('\n').length}:${column}: executing ${quote(this.name)} at <${text}>: ${reason}`,
    )
  }
}

interface Word {
  readonly text: string
  readonly from: number
}

class Parser {
  readonly #pieces: { readonly text: string; readonly isAction: boolean; readonly from: number }[] = []
  #at = 0

  constructor(
    readonly text: string,
    readonly name: string,
    readonly fields: string[],
  ) {
    this.#split()
  }

  parts(): readonly Part[] {
    const { parts, end } = this.#block()
    if (end !== undefined) this.#fail(`unexpected {{${end.text}}}`, end.from)
    return parts
  }

  #fail(reason: string, at: number): never {
    throw new Error(`template: ${this.name}:${this.text.slice(0, at).split('\n').length}: ${reason}`)
  }

  #split(): void {
    let at = 0
    for (;;) {
      const open = this.text.indexOf('{{', at)
      if (open === -1) break
      const [opening] = /^\{\{(?:- )?/.exec(this.text.slice(open)) as RegExpExecArray
      const inner = /^(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|\/\*[\s\S]*?\*\/|(?!\}\}|\s-\}\})[\s\S])*/.exec(
        this.text.slice(open + opening.length),
      ) as RegExpExecArray
      const start = open + opening.length
      const closing = /^(?:\s-)?\}\}/.exec(this.text.slice(start + inner[0].length))?.[0]
      if (closing === undefined) this.#fail('unclosed action', open)
      this.#pushText(this.text.slice(at, open), at, opening.length > 2)
      if (!/^\s*\/\*[\s\S]*\*\/\s*$/.test(inner[0])) this.#pieces.push({ text: inner[0], isAction: true, from: start })
      at = start + inner[0].length + closing.length
      if (closing.length > 2) at += (/^\s*/.exec(this.text.slice(at)) as RegExpExecArray)[0].length
    }
    this.#pushText(this.text.slice(at), at, false)
  }

  #pushText(text: string, from: number, isTrimmed: boolean): void {
    const shown = isTrimmed ? text.trimEnd() : text
    if (shown !== '') this.#pieces.push({ text: shown, isAction: false, from })
  }

  /** Up to `end` or `else`, which is returned. */
  #block(): { parts: Part[]; end: Word | undefined } {
    const parts: Part[] = []
    for (;;) {
      const piece = this.#pieces[this.#at++]
      if (piece === undefined) return { parts, end: undefined }
      if (!piece.isAction) {
        parts.push({ kind: 'text', text: piece.text })
        continue
      }
      const words = this.#words(piece.text, piece.from)
      const [first] = words
      if (first === undefined) this.#fail('missing value for command', piece.from)
      if (first.text === 'end' || first.text === 'else')
        return { parts, end: { text: piece.text.trim(), from: first.from } }
      if (first.text === 'if' || first.text === 'with') parts.push(this.#branch(first.text, words.slice(1), first))
      else if (/^(?:range|define|template|block|break|continue)$/.test(first.text))
        throw new Unsupported(`{{${first.text}}} in templates is not supported`)
      else parts.push({ kind: 'action', pipeline: this.#pipeline(words, first.from) })
    }
  }

  #branch(kind: 'if' | 'with', words: readonly Word[], first: Word): Part {
    if (words.length === 0) this.#fail(`missing value for ${kind}`, first.from)
    const pipeline = this.#pipeline(words, first.from)
    const { parts: then, end } = this.#block()
    if (end === undefined) this.#fail('unexpected EOF', this.text.length)
    if (end.text === 'end') return { kind, pipeline, then, otherwise: [] }
    const [, nested, rest = ''] = /^else\s+(if|with)\b([\s\S]*)$/.exec(end.text) ?? []
    if (nested !== undefined) {
      const from = end.from + end.text.length - rest.length
      return { kind, pipeline, then, otherwise: [this.#branch(nested as 'if' | 'with', this.#words(rest, from), end)] }
    }
    const { parts: otherwise, end: last } = this.#block()
    if (last === undefined) this.#fail('unexpected EOF', this.text.length)
    return { kind, pipeline, then, otherwise }
  }

  #words(text: string, from: number): Word[] {
    const words: Word[] = []
    let at = 0
    while (at < text.length) {
      const rest = text.slice(at)
      const [word] =
        /^(?:\s+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|[()|]|:=|[$]\w*(?:\.\w+)*|[+-]?(?:0[xX][\da-fA-F]+|\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|(?:\.\w+)+|\.|\w+|,)/.exec(
          rest,
        ) ?? []
      if (word === undefined) this.#fail(`unexpected ${quote(rest.charAt(0))} in command`, from + at)
      if (word.trim() !== '') words.push({ text: word, from: from + at })
      at += word.length
    }
    return words
  }

  #pipeline(words: readonly Word[], from: number): Pipeline {
    const commands: Command[] = []
    let start = 0
    let depth = 0
    words.forEach(({ text }, i) => {
      if (text === '(') depth++
      if (text === ')') depth--
      if (text === '|' && depth === 0) {
        commands.push(this.#command(words.slice(start, i), from))
        start = i + 1
      }
    })
    commands.push(this.#command(words.slice(start), from))
    return commands
  }

  #command(words: readonly Word[], from: number): Command {
    const [first] = words
    if (first === undefined) this.#fail('missing value for command', from)
    const text = words
      .map(({ text }) => text)
      .join(' ')
      .replaceAll('( ', '(')
      .replaceAll(' )', ')')
    if (!/^[A-Za-z_]/.test(first.text) || isConstant(first.text))
      return { name: undefined, args: this.#arguments(words), from: first.from, text }
    this.#checkFunction(first)
    return { name: first.text, args: this.#arguments(words.slice(1)), from: first.from, text }
  }

  #checkFunction({ text, from }: Word): void {
    if (text === LINE || templateFunctions.has(text)) return
    if (REFUSED.has(text)) throw new Unsupported(`the template function ${text} is not supported`)
    this.#fail(`function ${quote(text)} not defined`, from)
  }

  #arguments(words: readonly Word[]): Argument[] {
    const args: Argument[] = []
    for (let i = 0; i < words.length; i++) {
      const word = words[i] as Word
      if (word.text !== '(') {
        args.push(this.#argument(word))
        continue
      }
      let depth = 1
      const start = i + 1
      while (depth > 0) {
        i++
        const inner = words[i]
        if (inner === undefined) this.#fail('unclosed left paren', word.from)
        if (inner.text === '(') depth++
        if (inner.text === ')') depth--
      }
      args.push({ kind: 'pipeline', pipeline: this.#pipeline(words.slice(start, i), word.from) })
    }
    return args
  }

  #argument(word: Word): Argument {
    const { text, from } = word
    if (text === '.') return { kind: 'dot' }
    if (text.startsWith('$') || text === ':=') throw new Unsupported('variables in templates are not supported')
    if (/^(?:\.\w+){2,}$/.test(text)) this.#fail(`unexpected ${quote(text)}: labels have no fields`, from)
    if (text.startsWith('.') && !/^\.\d/.test(text)) {
      this.fields.push(text.slice(1))
      return { kind: 'field', name: text.slice(1) }
    }
    if (/^["`]/.test(text)) return { kind: 'literal', value: unquote(text) }
    if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' }
    if (/^0[xX]|^[+-]?\d+$/.test(text)) return { kind: 'literal', value: BigInt(text.replace('+', '')) }
    if (/^[+-]?[\d.]/.test(text)) return { kind: 'literal', value: Number(text) }
    if (!/^\w/.test(text)) this.#fail(`unexpected ${quote(text)} in operand`, from)
    this.#checkFunction(word)
    return { kind: 'call', command: { name: text, args: [], from, text } }
  }
}

function isConstant(text: string): boolean {
  return text === 'true' || text === 'false'
}
