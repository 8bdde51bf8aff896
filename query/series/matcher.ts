import { RE2JS } from 're2js'
import { quote } from '../quote.ts'

export type MatchOperator = '=' | '!=' | '=~' | '!~'

/**
 * A condition on one label, as in `{code=~"5.."}`. Regular expressions are RE2's and match the whole value; RE2 takes
 * time that grows with the length of the value only, whatever the expression.
 */
export class Matcher {
  readonly #expression: RE2JS | undefined
  readonly #known = new Map<string, boolean>()

  /** @throws the message of RE2 when the expression cannot be parsed. */
  constructor(
    readonly name: string,
    readonly operator: MatchOperator,
    readonly value: string,
  ) {
    if (operator === '=~' || operator === '!~') this.#expression = compileExpression(value)
  }

  /** @param value empty when the series has no such label */
  matches(value: string): boolean {
    if (this.operator === '=') return value === this.value
    if (this.operator === '!=') return value !== this.value
    return this.#found(value) === (this.operator === '=~')
  }

  toString(): string {
    return `${this.name}${this.operator}${quote(this.value)}`
  }

  #found(value: string): boolean {
    const known = this.#known.get(value)
    if (known !== undefined) return known
    const found = this.#expression?.testExact(value) === true
    this.#known.set(value, found)
    return found
  }
}

/** `.` matches a newline too, as since Prometheus 3. @throws the message of RE2. */
export function compileExpression(text: string): RE2JS {
  try {
    return RE2JS.compile(text, RE2JS.DOTALL)
  } catch (error) {
    // The flag is prepended to what is quoted in the message.
    throw new Error((error as Error).message.replace('`(?s)', '`'))
  }
}
