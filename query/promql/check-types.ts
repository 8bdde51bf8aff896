import { quote } from '../quote.ts'
import {
  type Aggregation,
  type Binary,
  type Call,
  type Expression,
  isComparison,
  isSetOperator,
  type ValueType,
  type VectorSelector,
} from './expression.ts'
import { ParseError } from './position.ts'
import { type Signature, signatureOf } from './signatures.ts'

const DOCUMENTED: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
}

/** The type's name in the documentation and in messages. */
export function documentedType(type: ValueType): string {
  return DOCUMENTED[type]
}

/** The type of an expression's value. */
export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'number':
      return 'scalar'
    case 'string':
      return 'string'
    case 'vectorSelector':
    case 'aggregation':
      return 'vector'
    case 'matrixSelector':
    case 'subquery':
      return 'matrix'
    case 'call':
      return (signatureOf(expression.name) as Signature).result
    case 'binary':
      return typeOf(expression.left) === 'scalar' && typeOf(expression.right) === 'scalar' ? 'scalar' : 'vector'
    case 'unary':
    case 'parentheses':
      return typeOf(expression.expression)
  }
}

/** Checks that operands and arguments have the types that they must have. @throws {ParseError} for the first that has not. */
export function checkTypes(text: string, expression: Expression): void {
  new Checker(text).check(expression)
}

class Checker {
  constructor(readonly text: string) {}

  check(expression: Expression): ValueType {
    switch (expression.kind) {
      case 'aggregation':
        this.#aggregation(expression)
        break
      case 'binary':
        this.#binary(expression)
        break
      case 'call':
        this.#call(expression)
        break
      case 'unary': {
        const type = this.check(expression.expression)
        if (type !== 'scalar' && type !== 'vector')
          this.#fail(
            expression,
            `unary expression only allowed on expressions of type scalar or instant vector, got ${quote(documentedType(type))}`,
          )
        break
      }
      case 'subquery': {
        const type = this.check(expression.expression)
        if (type !== 'vector') this.#fail(expression, `subquery is only allowed on instant vector, got ${type} instead`)
        break
      }
      case 'parentheses':
        this.check(expression.expression)
        break
      case 'matrixSelector':
        this.#selector(expression.selector)
        break
      case 'vectorSelector':
        this.#selector(expression)
        break
    }
    return typeOf(expression)
  }

  #aggregation({ operator, expression, parameter }: Aggregation): void {
    this.#expect(expression, 'vector', 'aggregation expression')
    if (parameter !== undefined)
      this.#expect(parameter, operator === 'count_values' ? 'string' : 'scalar', 'aggregation parameter')
  }

  #binary(binary: Binary): void {
    const { operator, left, right, matching, returnBool } = binary
    const types = [this.check(left), this.check(right)] as const
    const bothScalar = types[0] === 'scalar' && types[1] === 'scalar'
    const bothVector = types[0] === 'vector' && types[1] === 'vector'
    const operatorAt = left.range.to + (/^\s*/.exec(this.text.slice(left.range.to))?.[0].length ?? 0)

    if (returnBool && !isComparison(operator))
      this.#fail(operatorAt, 'bool modifier can only be used on comparison operators')
    if (isComparison(operator) && !returnBool && bothScalar)
      this.#fail(operatorAt, 'comparisons between scalars must use BOOL modifier')
    const twice = matching.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined
    if (twice !== undefined)
      this.#fail(operatorAt, `label ${quote(twice)} must not occur in ON and GROUP clause at once`)
    for (const [operand, type] of [
      [left, types[0]],
      [right, types[1]],
    ] as const) {
      if (type !== 'scalar' && type !== 'vector')
        this.#fail(operand, 'binary expression must contain only scalar and instant vector types')
    }
    if (!bothVector && matching.labels.length > 0)
      this.#fail(binary, 'vector matching only allowed between instant vectors')
    if (bothVector && isSetOperator(operator) && matching.cardinality !== 'many-to-many')
      this.#fail(binary, `no grouping allowed for ${quote(operator)} operation`)
    if (!bothVector && isSetOperator(operator))
      this.#fail(binary, `set operator ${quote(operator)} not allowed in binary scalar expression`)
  }

  #call(call: Call): void {
    const { name, args } = call
    const { parameters, optional } = signatureOf(name) as Signature
    if (optional === 0 && args.length !== parameters.length)
      this.#fail(call, `expected ${parameters.length} argument(s) in call to ${quote(name)}, got ${args.length}`)
    const least = parameters.length - 1
    if (optional > 0 && args.length < least)
      this.#fail(call, `expected at least ${least} argument(s) in call to ${quote(name)}, got ${args.length}`)
    if (optional > 0 && args.length > least + optional)
      this.#fail(call, `expected at most ${least + optional} argument(s) in call to ${quote(name)}, got ${args.length}`)
    args.forEach((arg, i) => {
      this.#expect(arg, parameters[Math.min(i, least)] as ValueType, `call to function ${quote(name)}`)
    })
    if (/^histogram_(?:avg|count|sum|stddev|stdvar)$/.test(name))
      this.#fail(call, `function ${quote(name)} reads native histograms, which are not supported`)
  }

  #selector(selector: VectorSelector): void {
    const { name, matchers } = selector
    if (name === '') {
      if (matchers.every((matcher) => matcher.matches('')))
        this.#fail(selector, 'vector selector must contain at least one non-empty matcher')
      return
    }
    const other = matchers.slice(0, -1).find((matcher) => matcher.name === '__name__')
    if (other !== undefined)
      this.#fail(selector, `metric name must not be set twice: ${quote(name)} or ${quote(other.value)}`)
  }

  #expect(expression: Expression, wanted: ValueType, context: string): void {
    const type = this.check(expression)
    if (type !== wanted)
      this.#fail(expression, `expected type ${documentedType(wanted)} in ${context}, got ${documentedType(type)}`)
  }

  #fail(where: Expression | number, reason: string): never {
    throw new ParseError(this.text, typeof where === 'number' ? where : where.range.from, reason)
  }
}
