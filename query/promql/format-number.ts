/** As the HTTP API writes a sample's value: `0.25`, `1e+21`, `+Inf`. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return infinite(value)
  if (Object.is(value, -0)) return '-0'
  return withLongExponent(String(value))
}

/** Without an exponent, however large or small, as `count_values` writes a value into a label. */
export function formatPlain(value: number): string {
  if (!Number.isFinite(value)) return infinite(value)
  if (Object.is(value, -0)) return '-0'
  const written = String(value)
  const [, sign, whole, fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(written) ?? []
  if (whole === undefined) return written
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.slice(0, point).padEnd(point, '0')}${digits.length > point ? `.${digits.slice(point)}` : ''}`
}

/** With an exponent, as the HTTP API writes the value of an alert: `1e+00`. */
export function formatExponent(value: number, mark: 'e' | 'E' = 'e'): string {
  if (!Number.isFinite(value)) return infinite(value)
  const written = withLongExponent(value.toExponential()).replace('e', mark)
  return Object.is(value, -0) ? `-${written}` : written
}

/**
 * As Go's `%g`, in messages.
 *
 * @param digits how many at most; without it, as many as it takes to tell the number from all others
 */
export function formatGeneral(value: number, digits?: number): string {
  if (!Number.isFinite(value)) return infinite(value)
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const exact = Number(digits === undefined ? value : value.toPrecision(digits))
  const written = exact.toExponential()
  const exponent = Number(written.split('e')[1])
  return exponent < -4 || exponent >= (digits ?? 6) ? withLongExponent(written) : formatPlain(exact)
}

/** Go writes at least two digits: `1e-07`. */
function withLongExponent(written: string): string {
  return written.replace(/e([+-])(\d)$/, 'e$10$2')
}

function infinite(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}
