import { withBuiltins } from './builtins.ts'
import { execute } from './execute.ts'
import type { FunctionTable } from './functions.ts'
import { type ParsedTemplate, parseTemplate } from './parse.ts'
import type { TemplateValue } from './value.ts'

/** A template as Go's: https://pkg.go.dev/text/template */
export class Template {
  readonly #parsed: ParsedTemplate
  readonly #functions: FunctionTable

  /**
   * @param name as it is in messages
   * @param functions what it may call beside Go's own functions
   * @throws the message of Go's parser
   * @throws {Unsupported} naming what is not supported
   */
  constructor(
    readonly text: string,
    readonly name: string,
    functions: FunctionTable,
  ) {
    this.#functions = withBuiltins(functions)
    this.#parsed = parseTemplate(text, name, this.#functions)
  }

  /** The first names of all fields: `.job` and `.Labels.job` give `job` and `Labels`. */
  get fields(): readonly string[] {
    return this.#parsed.fields
  }

  /** The one field that it consists of, if it is nothing else. */
  get onlyField(): string | undefined {
    const [node, ...others] = this.#parsed.nodes
    if (others.length > 0 || node?.kind !== 'action' || node.pipe.variables.length > 0) return undefined
    const [command, ...stages] = node.pipe.commands
    const [operand, ...args] = command?.args ?? []
    if (stages.length > 0 || args.length > 0 || operand?.kind !== 'field') return undefined
    return operand.names.length === 1 ? operand.names[0] : undefined
  }

  /** @throws {TemplateError | Unsupported} */
  fill(data: TemplateValue): string {
    const { nodes, defined } = this.#parsed
    return execute({ text: this.text, name: this.name, nodes, defined, functions: this.#functions }, data)
  }
}
