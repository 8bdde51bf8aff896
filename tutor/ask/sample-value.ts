const DIGITS = 4
const SMALLEST = 1e-4
const LARGEST = 1e15

/** A sample's value for a reader: whole numbers as they are, others with four digits that count, never without their whole part. */
export function formatValue(text: string): string {
  const value = Number(text)
  if (!Number.isFinite(value) || text === '-0') return text // NaN, +Inf, -Inf
  const size = Math.abs(value)
  if (Number.isInteger(value)) return size < LARGEST ? String(value) : value.toExponential(DIGITS - 1)
  if (size < SMALLEST) return value.toExponential(DIGITS - 1)
  if (size >= 10 ** (DIGITS - 1)) return value.toFixed(0)
  return String(Number(value.toPrecision(DIGITS)))
}

/** The number that the HTTP API writes as `0.25`, `NaN` or `+Inf`. */
export function toNumber(value: string): number {
  return /^[+-]Inf$/.test(value) ? Number(`${value}inity`) : Number(value)
}
