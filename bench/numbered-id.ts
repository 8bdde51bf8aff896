/** The UUID of the bench's booking, batch or course with this number. */
export function numberedId(number: number): string {
  return `${PREFIX}${number.toString(16).padStart(12, '0')}`
}

const PREFIX = '00000000-0000-7000-8000-'

/** The same in SQL. @param number an expression for an integer */
export function numberedIdSql(number: string): string {
  return `('${PREFIX}' || lpad(to_hex(${number}), 12, '0'))::uuid`
}
