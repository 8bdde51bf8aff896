import {
  type Aggregation,
  type Call,
  type Expression,
  type MatrixSelector,
  operandsOf,
  type VectorSelector,
} from '../../../query/promql/expression.ts'

/** An expression and all that it is made of. */
export function* nodesOf(expression: Expression): Generator<Expression> {
  yield expression
  for (const operand of operandsOf(expression)) yield* nodesOf(operand)
}

/** All calls of functions with one of these names. */
export function callsOf(expression: Expression, names: readonly string[]): Call[] {
  return [...nodesOf(expression)].filter((node) => node.kind === 'call').filter(({ name }) => names.includes(name))
}

/** All aggregations by one of these operators. */
export function aggregationsOf(expression: Expression, operators: readonly string[]): Aggregation[] {
  return [...nodesOf(expression)]
    .filter((node) => node.kind === 'aggregation')
    .filter(({ operator }) => operators.includes(operator))
}

/** All selectors, of ranges as well. */
export function selectorsOf(expression: Expression): VectorSelector[] {
  return [...nodesOf(expression)].filter((node) => node.kind === 'vectorSelector')
}

/** All selectors of ranges. */
export function rangesOf(expression: Expression): MatrixSelector[] {
  return [...nodesOf(expression)].filter((node) => node.kind === 'matrixSelector')
}

/** Whether something was found. */
export function has(found: readonly unknown[]): boolean {
  return found.length > 0
}
