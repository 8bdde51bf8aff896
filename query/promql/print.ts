/** Writes expressions as Prometheus does where it shows a rule: on one line, with its own spaces. */
import { quote } from '../quote.ts'
import type { Matcher } from '../series/matcher.ts'
import type { Aggregation, At, Binary, DurationExpression, Expression, VectorSelector } from './expression.ts'
import { formatPlain } from './format-number.ts'
import { formatDuration } from './literals.ts'

/** @param text what the expression was parsed from */
export function printExpression(expression: Expression, text: string): string {
  const print = (operand: Expression): string => printExpression(operand, text)
  switch (expression.kind) {
    case 'number':
      return expression.isDuration ? formatDuration(expression.value * 1000) : formatPlain(expression.value)
    case 'string':
      return quote(expression.value)
    case 'vectorSelector':
      return selected(expression) + timing(expression, text)
    case 'matrixSelector': {
      const { selector, duration, durationExpression } = expression
      return `${selected(selector)}[${length(duration, durationExpression, text)}]${timing(selector, text)}`
    }
    case 'subquery': {
      const { duration, durationExpression, step, stepExpression } = expression
      const every = step === undefined && stepExpression === undefined ? '' : length(step ?? 0, stepExpression, text)
      const range = `[${length(duration, durationExpression, text)}:${every}]`
      return print(expression.expression) + range + timing(expression, text)
    }
    case 'call':
      return `${expression.name}(${expression.args.map(print).join(', ')})`
    case 'aggregation':
      return `${aggregator(expression)}(${[expression.parameter, expression.expression]
        .filter((operand) => operand !== undefined)
        .map(print)
        .join(', ')})`
    case 'binary':
      return `${print(expression.left)} ${operator(expression)} ${print(expression.right)}`
    case 'unary':
      return expression.operator + print(expression.expression)
    case 'parentheses':
      return `(${print(expression.expression)})`
  }
}

function selected({ name, matchers }: VectorSelector): string {
  const others = matchers
    .filter(
      (matcher) => !(matcher.name === '__name__' && matcher.operator === '=' && matcher.value === name && name !== ''),
    )
    .map(printMatcher)
    .sort()
  return others.length === 0 ? name || '{}' : `${name}{${others.join(',')}}`
}

function printMatcher({ name, operator, value }: Matcher): string {
  return `${labelName(name)}${operator}${quote(value)}`
}

function labelName(name: string): string {
  return /^[a-zA-Z_]\w*$/.test(name) ? name : quote(name)
}

function length(ms: number, computed: DurationExpression | undefined, text: string): string {
  return computed === undefined ? formatDuration(ms) : text.slice(computed.range.from, computed.range.to)
}

interface Timed {
  readonly at: At | undefined
  readonly offset: number
  readonly offsetExpression?: DurationExpression | undefined
}

function timing({ at, offset, offsetExpression }: Timed, text: string): string {
  const moment = at === undefined ? '' : ` @ ${typeof at === 'number' ? (at / 1000).toFixed(3) : `${at}()`}`
  if (offsetExpression !== undefined) return `${moment} offset ${length(0, offsetExpression, text)}`
  return offset === 0 ? moment : `${moment} offset ${formatDuration(offset)}`
}

function aggregator({ operator, grouping, without }: Aggregation): string {
  if (!without && grouping.length === 0) return operator
  return `${operator} ${without ? 'without' : 'by'} (${grouping.map(labelName).join(', ')}) `
}

function operator({ operator: written, returnBool, matching }: Binary): string {
  const { cardinality, on, labels, include } = matching
  const isGrouped = cardinality === 'many-to-one' || cardinality === 'one-to-many'
  const names = `(${labels.map(labelName).join(', ')})`
  const matched = labels.length > 0 || on || isGrouped ? ` ${on ? 'on' : 'ignoring'} ${names}` : ''
  const side = cardinality === 'many-to-one' ? 'left' : 'right'
  const grouped = isGrouped ? ` group_${side} (${include.map(labelName).join(', ')})` : ''
  return `${written}${returnBool ? ' bool' : ''}${matched}${grouped}`
}
