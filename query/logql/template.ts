/** The templates of `line_format` and `label_format`. */
import { type FunctionTable, takes } from '../template/functions.ts'
import { Template } from '../template/template.ts'
import { TemplateMap } from '../template/value.ts'
import { Unsupported } from '../unsupported.ts'
import { REFUSED, templateFunctions } from './template-functions.ts'

/** What a template sees of a line. */
export interface LineData {
  readonly labels: ReadonlyMap<string, string>
  readonly line: string
}

/** A template that makes a line or a label of a line and its labels. */
export class LineTemplate {
  readonly #template: Template
  #line = ''

  /**
   * @param name as it is in messages
   * @throws the message of Go's parser
   * @throws {Unsupported} naming what is not supported
   */
  constructor(text: string, name: 'line' | 'label') {
    const line = takes('', () => this.#line)
    const functions: FunctionTable = {
      get(called) {
        if (REFUSED.has(called)) throw new Unsupported(`the template function ${called} is not supported`)
        return called === '__line__' ? line : templateFunctions.get(called)
      },
    }
    this.#template = new Template(text, name, functions)
  }

  /** The labels that it names. */
  get fields(): readonly string[] {
    return this.#template.fields
  }

  /** The one label that it consists of, if it is nothing else. */
  get onlyField(): string | undefined {
    return this.#template.onlyField
  }

  /** @throws {TemplateError | Unsupported} */
  fill({ labels, line }: LineData): string {
    this.#line = line
    return this.#template.fill(new TemplateMap(labels))
  }
}
