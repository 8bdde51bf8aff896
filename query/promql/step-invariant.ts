import { type Expression, operandsOf } from './expression.ts'

/** Their results depend on the time of the step, even where their arguments do not. */
const TIME_DEPENDENT = new Set(
  'time timestamp predict_linear year month day_of_month day_of_week day_of_year days_in_month hour minute'.split(' '),
)

/**
 * Whether an expression is the same at each step, as one is whose selectors all have an `@`. Its value is computed once
 * then. A literal is as quickly repeated as computed.
 */
export function isConstant(expression: Expression): boolean {
  return expression.kind !== 'number' && expression.kind !== 'string' && isSameAtEachStep(expression)
}

function isSameAtEachStep(expression: Expression): boolean {
  if (expression.kind === 'vectorSelector' || expression.kind === 'subquery') return expression.at !== undefined
  if (expression.kind === 'call' && TIME_DEPENDENT.has(expression.name)) return false
  return operandsOf(expression).every(isSameAtEachStep)
}
