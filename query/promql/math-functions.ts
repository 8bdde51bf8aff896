/** Functions that change each value of a vector by itself. */

type MathFunction = (value: number) => number

const DEGREES = 180 / Math.PI

/** By name: of one value. */
export const mathFunctions: Readonly<Record<string, MathFunction>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  sqrt: Math.sqrt,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sgn: (value) => (value < 0 ? -1 : value > 0 ? 1 : value),
  deg: (value) => value * DEGREES,
  rad: (value) => (value * Math.PI) / 180,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
}

/** Ties are rounded up. */
export function round(value: number, toNearest: number): number {
  // Multiplying by the inverse loses less than dividing: 0.1 has no exact binary form, 10 has.
  const inverse = 1 / toNearest
  return Math.floor(value * inverse + 0.5) / inverse
}

/** The value, or the bound that it is beyond. */
export function clamp(value: number, least: number, most: number): number {
  return larger(least, smaller(most, value))
}

/** As in Go, -Infinity is smaller than NaN. */
export function smaller(a: number, b: number): number {
  const { NEGATIVE_INFINITY } = Number
  return a === NEGATIVE_INFINITY || b === NEGATIVE_INFINITY ? NEGATIVE_INFINITY : Math.min(a, b)
}

/** As in Go, Infinity is larger than NaN. */
export function larger(a: number, b: number): number {
  const { POSITIVE_INFINITY } = Number
  return a === POSITIVE_INFINITY || b === POSITIVE_INFINITY ? POSITIVE_INFINITY : Math.max(a, b)
}
