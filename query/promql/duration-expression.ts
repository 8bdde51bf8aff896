/** Durations that are computed: `[5m * 2]`, `offset (1h - step())`, `[max_of(step(), 1m)]`. */
import { arithmetic } from './arithmetic.ts'
import type { DurationExpression, Expression } from './expression.ts'
import { larger, smaller } from './math-functions.ts'
import { InvalidQuery } from './value.ts'

/** What `step()` and `range()` are in a query, in milliseconds. Both are 0 in an instant query. */
export interface QueryTimes {
  readonly step: number
  readonly range: number
}

/** Puts numbers in place of all durations that are computed. @throws {InvalidQuery} when one is not positive. */
export function withDurations(expression: Expression, times: QueryTimes): Expression {
  const within = (operand: Expression): Expression => withDurations(operand, times)
  switch (expression.kind) {
    case 'vectorSelector':
      return withOffset(expression, times)
    case 'matrixSelector': {
      const { durationExpression: computed } = expression
      const selector = withOffset(expression.selector, times)
      return { ...expression, selector, ...(computed && { duration: milliseconds(computed, times, true) }) }
    }
    case 'subquery': {
      const { durationExpression: computed, stepExpression } = expression
      return {
        ...withOffset(expression, times),
        expression: within(expression.expression),
        ...(computed && { duration: milliseconds(computed, times, true) }),
        ...(stepExpression && { step: milliseconds(stepExpression, times, true) }),
      }
    }
    case 'call':
      return { ...expression, args: expression.args.map(within) }
    case 'aggregation':
      return {
        ...expression,
        expression: within(expression.expression),
        parameter: expression.parameter && within(expression.parameter),
      }
    case 'binary':
      return { ...expression, left: within(expression.left), right: within(expression.right) }
    case 'unary':
    case 'parentheses':
      return { ...expression, expression: within(expression.expression) }
    case 'number':
    case 'string':
      return expression
  }
}

function withOffset<T extends { readonly offset: number; readonly offsetExpression?: DurationExpression | undefined }>(
  node: T,
  times: QueryTimes,
): T {
  const { offsetExpression: computed } = node
  return computed === undefined ? node : { ...node, offset: milliseconds(computed, times, false) }
}

function milliseconds(expression: DurationExpression, times: QueryTimes, mustBePositive: boolean): number {
  const { from, to } = expression.range
  const seconds = secondsOf(expression, times)
  if (!Number.isFinite(seconds)) throw new InvalidQuery(`${from}:${to}: duration is NaN or infinite`)
  if (mustBePositive && seconds <= 0) throw new InvalidQuery(`${from}:${to}: duration must be greater than 0`)
  if (Math.abs(seconds) > 2 ** 63 / 1e9) throw new InvalidQuery(`${from}:${to}: duration is out of range`)
  return Math.trunc(seconds * 1000)
}

function secondsOf(expression: DurationExpression, times: QueryTimes): number {
  switch (expression.kind) {
    case 'literal':
      return expression.seconds
    case 'step':
      return times.step / 1000
    case 'range':
      return times.range / 1000
    case 'negative':
      return -secondsOf(expression.operand, times)
  }
  const left = secondsOf(expression.left, times)
  const right = secondsOf(expression.right, times)
  const { kind, range } = expression
  if (kind === 'min_of') return smaller(left, right)
  if (kind === 'max_of') return larger(left, right)
  if (right === 0 && (kind === '/' || kind === '%'))
    throw new InvalidQuery(`${range.from}:${range.to}: ${kind === '/' ? 'division' : 'modulo'} by zero`)
  return arithmetic(kind)(left, right)
}
