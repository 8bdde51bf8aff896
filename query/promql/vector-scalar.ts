import { scalarOperation } from './arithmetic.ts'
import { typeOf } from './check-types.ts'
import { mapped } from './collect.ts'
import { type Binary, isComparison } from './expression.ts'
import type { StepSeries } from './value.ts'

/** A binary operator between a vector and a number, in whichever order. A comparison keeps the values that pass. */
export function withScalar(binary: Binary, series: readonly StepSeries[], scalars: Float64Array): StepSeries[] {
  const { operator, returnBool } = binary
  const isSwapped = typeOf(binary.left) === 'scalar'
  const compute = scalarOperation(operator)
  const result = (value: number, step: number): number =>
    isSwapped ? compute(scalars[step] as number, value) : compute(value, scalars[step] as number)
  if (!isComparison(operator) || returnBool) return mapped(series, (labels) => labels.withoutName(), result)
  const kept = series.map((one) => ({
    ...one,
    present: one.present.map((present, step) => (present === 1 ? result(one.values[step] as number, step) : 0)),
  }))
  return kept.filter(({ present }) => present.includes(1))
}
