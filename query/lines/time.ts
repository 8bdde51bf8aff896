const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/

/** Nanoseconds since 1970 of a date as in RFC 3339, or of the milliseconds that pino writes. */
export function parseTime(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.round(value * 1000)) * 1000n : undefined
  return typeof value === 'string' ? parseDate(value) : undefined
}

/** @returns nanoseconds since 1970, or undefined when it is no date as in RFC 3339 */
export function parseDate(text: string): bigint | undefined {
  const [, date, time, fraction = '', zone] = RFC3339.exec(text) ?? []
  if (date === undefined) return undefined
  const seconds = Date.parse(`${date}T${time}${zone}`)
  return Number.isNaN(seconds) ? undefined : BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9))
}
