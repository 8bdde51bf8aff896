/** A parsed template. */
import { quote } from '../quote.ts'

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | Branch
  | { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined; readonly from: number }
  | { readonly kind: 'break' | 'continue' }

/** `if`, `with` or `range`. */
export interface Branch {
  readonly kind: 'if' | 'with' | 'range'
  readonly pipe: Pipe
  readonly then: readonly Node[]
  readonly otherwise: readonly Node[]
}

export interface Pipe {
  readonly kind: 'pipe'
  readonly from: number
  /** The variables that it sets: `$x := ` or `$x = `. */
  readonly variables: readonly string[]
  readonly isAssignment: boolean
  readonly commands: readonly Command[]
}

export interface Command {
  readonly kind: 'command'
  readonly from: number
  readonly args: readonly [Operand, ...Operand[]]
}

export interface NumberOperand {
  readonly kind: 'number'
  readonly from: number
  readonly text: string
  readonly integer: bigint | undefined
  readonly float: number
}

export type Operand =
  | { readonly kind: 'identifier'; readonly from: number; readonly name: string }
  | { readonly kind: 'dot' | 'nil'; readonly from: number }
  | { readonly kind: 'field' | 'variable'; readonly from: number; readonly names: readonly string[] }
  | { readonly kind: 'boolean'; readonly from: number; readonly value: boolean }
  | NumberOperand
  | { readonly kind: 'string'; readonly from: number; readonly quoted: string; readonly value: string }
  | { readonly kind: 'chain'; readonly from: number; readonly operand: Operand; readonly names: readonly string[] }
  | Pipe

/** As it is shown in messages. */
export function written(node: Operand | Command): string {
  switch (node.kind) {
    case 'pipe':
      return writtenPipe(node)
    case 'command':
      return node.args.map((arg) => (arg.kind === 'pipe' ? `(${written(arg)})` : written(arg))).join(' ')
    case 'identifier':
      return node.name
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'field':
      return node.names.map((name) => `.${name}`).join('')
    case 'variable':
      return node.names.join('.')
    case 'boolean':
      return String(node.value)
    case 'number':
      return node.text
    case 'string':
      return node.quoted
    case 'chain': {
      const inner = written(node.operand)
      return [node.operand.kind === 'pipe' ? `(${inner})` : inner, ...node.names].join('.')
    }
  }
}

function writtenPipe({ variables, isAssignment, commands }: Pipe): string {
  const set = variables.length === 0 ? '' : `${variables.join(', ')} ${isAssignment ? '=' : ':='} `
  return set + commands.map(written).join(' | ')
}

/** `{{template "x"}}` in a message. */
export function writtenTemplate(name: string, pipe: Pipe | undefined): string {
  return `{{template ${quote(name)}${pipe === undefined ? '' : ` ${written(pipe)}`}}}`
}
