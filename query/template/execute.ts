/** Fills templates as Go's `text/template` does, with its messages. */
import { quote } from '../quote.ts'
import { compareText } from '../series/labels.ts'
import { TemplateError } from './errors.ts'
import type { FunctionTable, TemplateFunction } from './functions.ts'
import { type Branch, type Command, type Node, type Operand, type Pipe, written, writtenTemplate } from './nodes.ts'
import {
  isTrue,
  printed,
  TemplateList,
  TemplateMap,
  TemplateMethod,
  type TemplateObject,
  type TemplateValue,
  typeName,
} from './value.ts'

/** Of templates that include each other, and of actions inside one another. Go allows 100,000. */
const MOST_DEPTH = 500
/** A template runs in the process that serves users. */
const MOST_MS = 1000
const LONGEST_TEXT = 1_000_000

/** Nothing was handed over by the stage before. `null` is a value. */
const MISSING = Symbol('missing')
type Final = TemplateValue | typeof MISSING

interface Variable {
  readonly name: string
  value: TemplateValue
}

type Flow = 'break' | 'continue' | undefined

/** What is executed. */
export interface Executable {
  readonly text: string
  readonly name: string
  readonly nodes: readonly Node[]
  readonly defined: ReadonlyMap<string, readonly Node[]>
  readonly functions: FunctionTable
}

/** @throws {TemplateError} */
export function execute(template: Executable, data: TemplateValue): string {
  const execution = new Execution(template)
  execution.run(template.nodes, data)
  return execution.output
}

class Execution {
  output = ''
  readonly #template: Executable
  #name: string
  #variables: Variable[] = []
  #depth = 0
  readonly #deadline = performance.now() + MOST_MS
  /** What messages name. */
  #at: { readonly from: number; readonly text: () => string } = { from: 0, text: () => '' }

  constructor(template: Executable) {
    this.#template = template
    this.#name = template.name
  }

  run(nodes: readonly Node[], data: TemplateValue): void {
    this.#variables = [{ name: '$', value: data }]
    this.#walk(nodes, data)
  }

  #fail(reason: string): never {
    const { text, name } = this.#template
    const before = text.slice(0, this.#at.from)
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1))
    const place = `${name}:${before.split('\n').length}:${column}`
    throw new TemplateError(`template: ${place}: executing ${quote(this.#name)} at <${this.#at.text()}>: ${reason}`)
  }

  #checkLimits(text: string): void {
    if (text.length > LONGEST_TEXT) this.#fail(`the text is longer than ${LONGEST_TEXT} characters`)
    if (performance.now() > this.#deadline) this.#fail(`the template takes longer than ${MOST_MS} ms`)
  }

  #mark(node: Operand | Command): void {
    this.#at = { from: node.from, text: () => written(node) }
  }

  #walk(nodes: readonly Node[], dot: TemplateValue): Flow {
    if (this.#depth === MOST_DEPTH) this.#fail(`exceeded maximum template depth (${MOST_DEPTH})`)
    this.#depth++
    let flow: Flow
    for (const node of nodes) {
      flow = this.#walkOne(node, dot)
      if (flow !== undefined) break
    }
    this.#depth--
    return flow
  }

  #walkOne(node: Node, dot: TemplateValue): Flow {
    switch (node.kind) {
      case 'text':
        this.output += node.text
        return undefined
      case 'action': {
        const value = this.#pipe(node.pipe, dot)
        if (node.pipe.variables.length === 0) this.output += value === null ? '<no value>' : printed(value)
        this.#checkLimits(this.output)
        return undefined
      }
      case 'break':
      case 'continue':
        return node.kind
      case 'template':
        this.#include(node, dot)
        return undefined
      case 'range':
        return this.#range(node, dot)
      default:
        return this.#branch(node, dot)
    }
  }

  #branch({ kind, pipe, then, otherwise }: Branch, dot: TemplateValue): Flow {
    const known = this.#variables.length
    const value = this.#pipe(pipe, dot)
    const flow = isTrue(value) ? this.#walk(then, kind === 'with' ? value : dot) : this.#walk(otherwise, dot)
    this.#variables.length = known
    return flow
  }

  #range({ pipe, then, otherwise }: Branch, dot: TemplateValue): Flow {
    const known = this.#variables.length
    const value = this.#pipe(pipe, dot)
    const inner = this.#variables.length
    let count = 0
    for (const [index, element] of this.#elementsOf(value, pipe)) {
      count++
      this.#checkLimits(this.output)
      this.#setLoopVariables(pipe, index, element)
      const flow = this.#walk(then, element)
      this.#variables.length = inner
      if (flow === 'break') break
    }
    this.#variables.length = known
    return count === 0 ? this.#walk(otherwise, dot) : undefined
  }

  #elementsOf(value: TemplateValue, pipe: Pipe): Iterable<readonly [TemplateValue, TemplateValue]> {
    if (value === null) return []
    if (value instanceof TemplateList) return value.items.map((item, i) => [BigInt(i), item] as const)
    if (value instanceof TemplateMap) return [...value.entries].sort(([a], [b]) => compareText(a, b))
    if (typeof value !== 'bigint') this.#fail(`range can't iterate over ${printed(value)}`)
    if (pipe.variables.length > 1) this.#fail(`can't use ${value} to iterate over more than one variable`)
    return count(value)
  }

  #setLoopVariables({ variables, isAssignment }: Pipe, index: TemplateValue, element: TemplateValue): void {
    const [first, second] = variables
    if (first === undefined) return
    const [one, other] = second === undefined ? [element, index] : [index, element]
    this.#set(first, one, isAssignment)
    if (second !== undefined) this.#set(second, other, isAssignment)
  }

  /** The innermost variable of that name; a range has declared its own. */
  #set(name: string, value: TemplateValue, isAssignment: boolean): void {
    const variable = this.#variables.findLast((one) => one.name === name)
    if (variable !== undefined) variable.value = value
    else if (isAssignment) this.#fail(`undefined variable: ${name}`)
  }

  #include(node: Extract<Node, { kind: 'template' }>, dot: TemplateValue): void {
    const nodes = this.#template.defined.get(node.name)
    this.#at = { from: node.from, text: () => writtenTemplate(node.name, node.pipe) }
    if (nodes === undefined) this.#fail(`template ${quote(node.name)} not defined`)
    this.#checkLimits(this.output)
    const data = node.pipe === undefined ? null : this.#pipe(node.pipe, dot)
    const outerName = this.#name
    const outerVariables = this.#variables
    this.#name = node.name
    this.#variables = [{ name: '$', value: data }]
    this.#walk(nodes, data)
    this.#name = outerName
    this.#variables = outerVariables
  }

  #pipe(pipe: Pipe, dot: TemplateValue): TemplateValue {
    this.#mark(pipe)
    let value: Final = MISSING
    for (const command of pipe.commands) value = this.#command(command, dot, value)
    const result = value as TemplateValue
    for (const name of pipe.variables) {
      if (pipe.isAssignment) this.#set(name, result, true)
      else this.#variables.push({ name, value: result })
    }
    return result
  }

  #command(command: Command, dot: TemplateValue, final: Final): TemplateValue {
    const [first, ...args] = command.args
    switch (first.kind) {
      case 'identifier':
        return this.#function(first, command, args, dot, final)
      case 'field':
        this.#mark(first)
        return this.#chain(dot, first.names, first, args, dot, final)
      case 'chain':
        this.#mark(first)
        return this.#chain(this.#chained(first, dot), first.names, first, args, dot, final)
      case 'variable':
        return this.#variable(first, args, dot, final)
      case 'pipe':
        this.#refuseArguments(first, args, final)
        return this.#pipe(first, dot)
      case 'dot':
      case 'nil':
        this.#mark(first)
        this.#refuseArguments(first, args, final)
        return first.kind === 'dot' ? dot : this.#fail('nil is not a command')
      default:
        this.#mark(first)
        this.#refuseArguments(first, args, final)
        return constant(first)
    }
  }

  #refuseArguments(operand: Operand, args: readonly Operand[], final: Final): void {
    if (args.length > 0 || final !== MISSING) this.#fail(`can't give argument to non-function ${written(operand)}`)
  }

  #chained({ operand }: Extract<Operand, { kind: 'chain' }>, dot: TemplateValue): TemplateValue {
    return this.#argument(operand, 'any', dot)
  }

  #variable(
    operand: Extract<Operand, { kind: 'field' | 'variable' }>,
    args: readonly Operand[],
    dot: TemplateValue,
    final: Final,
  ): TemplateValue {
    this.#mark(operand)
    const [name, ...fields] = operand.names
    const value = this.#variables.findLast((one) => one.name === name)?.value ?? null
    if (fields.length > 0) return this.#chain(value, fields, operand, args, dot, final)
    this.#refuseArguments(operand, args, final)
    return value
  }

  #chain(
    receiver: TemplateValue,
    names: readonly string[],
    operand: Operand,
    args: readonly Operand[],
    dot: TemplateValue,
    final: Final,
  ): TemplateValue {
    let value = receiver
    names.forEach((name, i) => {
      const isLast = i === names.length - 1
      if (value === null && i > 0) this.#fail(`nil pointer evaluating interface {}.${name}`)
      value = this.#field(value, name, operand, isLast ? args : [], dot, isLast ? final : MISSING)
    })
    return value
  }

  #field(
    receiver: TemplateValue,
    name: string,
    operand: Operand,
    args: readonly Operand[],
    dot: TemplateValue,
    final: Final,
  ): TemplateValue {
    if (receiver === null) return null
    const hasArguments = args.length > 0 || final !== MISSING
    if (receiver instanceof TemplateMap) {
      if (hasArguments) this.#fail(`${name} is not a method but has arguments`)
      return receiver.get(name)
    }
    const found = isObject(receiver) ? receiver.field(name) : undefined
    if (found === undefined) this.#fail(`can't evaluate field ${name} in type ${typeName(receiver)}`)
    if (found instanceof TemplateMethod) {
      const { parameters, run } = found
      return this.#call({ parameters, run: run as TemplateFunction['run'] }, name, operand, args, dot, final)
    }
    if (hasArguments) this.#fail(`${name} has arguments but cannot be invoked as function`)
    return found
  }

  #function(
    operand: Extract<Operand, { kind: 'identifier' }>,
    node: Operand | Command,
    args: readonly Operand[],
    dot: TemplateValue,
    final: Final,
  ): TemplateValue {
    this.#mark(operand)
    const { name } = operand
    const found = this.#template.functions.get(name)
    if (found === undefined) this.#fail(`${quote(name)} is not a defined function`)
    return this.#call(found, name, node, args, dot, final)
  }

  #call(
    { parameters, rest, run }: TemplateFunction,
    name: string,
    node: Operand | Command,
    args: readonly Operand[],
    dot: TemplateValue,
    final: Final,
  ): TemplateValue {
    const given = args.length + (final === MISSING ? 0 : 1)
    if (rest === undefined && given !== parameters.length)
      this.#fail(`wrong number of args for ${name}: want ${parameters.length} got ${given}`)
    if (given < parameters.length)
      this.#fail(`wrong number of args for ${name}: want at least ${parameters.length} got ${args.length}`)
    if (name === 'and' || name === 'or') return this.#shortcut(name, args, dot, final)
    const values = args.map((arg, i) => this.#argument(arg, parameters[i] ?? (rest as string), dot))
    if (final !== MISSING) values.push(this.#valid(final, parameters[given - 1] ?? (rest as string)))
    this.#checkLimits(this.output)
    try {
      const result = run(...values)
      if (typeof result === 'string') this.#checkLimits(result)
      return result
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'Unsupported' || error instanceof TemplateError) throw error
      this.#mark(node)
      this.#fail(`error calling ${name}: ${error.message}`)
    }
  }

  /** `and` and `or` evaluate no more than it takes. */
  #shortcut(name: 'and' | 'or', args: readonly Operand[], dot: TemplateValue, final: Final): TemplateValue {
    let value: TemplateValue = null
    for (const arg of args) {
      value = this.#argument(arg, 'any', dot)
      if (isTrue(value) === (name === 'or')) return value
    }
    return final === MISSING ? value : final
  }

  #argument(operand: Operand, type: string, dot: TemplateValue): TemplateValue {
    this.#mark(operand)
    switch (operand.kind) {
      case 'dot':
        return this.#valid(dot, type)
      case 'nil':
        return canBeNil(type) ? null : this.#fail(`cannot assign nil to ${type}`)
      case 'field':
        return this.#valid(this.#chain(dot, operand.names, operand, [], dot, MISSING), type)
      case 'variable':
        return this.#valid(this.#variable(operand, [], dot, MISSING), type)
      case 'pipe':
        return this.#valid(this.#pipe(operand, dot), type)
      case 'identifier':
        return this.#valid(this.#function(operand, operand, [], dot, MISSING), type)
      case 'chain':
        return this.#valid(this.#chain(this.#chained(operand, dot), operand.names, operand, [], dot, MISSING), type)
      default:
        return this.#constant(operand, type)
    }
  }

  #constant(operand: Extract<Operand, { kind: 'boolean' | 'number' | 'string' }>, type: string): TemplateValue {
    switch (type) {
      case 'any':
        return constant(operand)
      case 'string':
        return operand.kind === 'string' ? operand.value : this.#fail(`expected string; found ${written(operand)}`)
      case 'bool':
        return operand.kind === 'boolean' ? operand.value : this.#fail(`expected bool; found ${written(operand)}`)
      case 'int':
        return operand.kind === 'number' && operand.integer !== undefined
          ? operand.integer
          : this.#fail(`expected integer; found ${written(operand)}`)
      case 'float64':
        return operand.kind === 'number' ? operand.float : this.#fail(`expected float; found ${written(operand)}`)
    }
    this.#fail(`can't handle ${written(operand)} for arg of type ${type}`)
  }

  #valid(value: TemplateValue, type: string): TemplateValue {
    if (value === null) return canBeNil(type) ? null : this.#fail(`invalid value; expected ${type}`)
    if (type === 'any' || typeName(value) === type) return value
    this.#fail(`wrong type for value; expected ${type}; got ${typeName(value)}`)
  }
}

function constant(operand: Extract<Operand, { kind: 'boolean' | 'number' | 'string' }>): TemplateValue {
  if (operand.kind !== 'number') return operand.value
  const isFloat = /[.eEpP]/.test(operand.text) && !/^0[xX][^pP]*$|^'/.test(operand.text)
  return isFloat || operand.integer === undefined ? operand.float : operand.integer
}

function canBeNil(type: string): boolean {
  return !['string', 'int', 'float64', 'bool'].includes(type)
}

function isObject(value: TemplateValue): value is TemplateObject {
  return (
    typeof value === 'object' && value !== null && !(value instanceof TemplateList) && !(value instanceof TemplateMap)
  )
}

function* count(to: bigint): Generator<readonly [TemplateValue, TemplateValue]> {
  for (let i = 0n; i < to; i++) yield [null, i]
}
