/** Numbers of results. They have no unit, so they are shown with six digits. */
export function shortValue(written: string | number | null | undefined): string {
  if (written === null || written === undefined) return '–'
  const value = typeof written === 'number' ? written : toNumber(written)
  if (!Number.isFinite(value)) return String(written)
  if (value !== 0 && (Math.abs(value) >= 1e15 || Math.abs(value) < 1e-4)) return value.toExponential(3)
  return String(Number(value.toPrecision(Number.isInteger(value) ? 15 : 6)))
}

/** As the HTTP API writes them: `+Inf`, `NaN`, `0.25`. */
export function toNumber(written: string): number {
  if (/^[+-]?Inf$/.test(written)) return written.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(written)
}
