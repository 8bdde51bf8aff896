import { customType } from 'drizzle-orm/pg-core'
import { DomainError } from '../platform/domain-error.ts'

/**
 * A column of times that are RFC 3339 in UTC with milliseconds, on this side of the driver.
 * PostgreSQL keeps no more digits than that, so what is read compares equal to what was written.
 */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp (3) with time zone',
  fromDriver: fromPostgres,
})

/**
 * An instant from PostgreSQL's text: `2026-11-26 07:29:11.5+00`, or another time zone. A booking has up to five, and
 * to make a Date of each takes ten times as long.
 */
export function fromPostgres(text: string): string {
  if (!text.endsWith('+00')) return new Date(text).toISOString()
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0')}Z`
}

/** Whether `value` is written as this service writes a time: `2026-01-31T12:00:00.000Z`, and exists. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string') return false
  const time = new Date(value)
  // Date reads 30 February as 2 March, and PostgreSQL has no year 0.
  return isInRange(time) && time.toISOString() === value
}

/**
 * Any RFC 3339 time, in UTC.
 *
 * @param path where the caller wrote it: `/batches/0/starts_at`
 * @throws DomainError invalid for a time that Date cannot read, and for one outside of the years 1970 to 9999 in UTC
 */
export function toInstant(value: string, path: string): string {
  const time = new Date(value)
  if (isInRange(time)) return time.toISOString()
  const message = 'must be a time from 1970 to 9999'
  throw new DomainError('invalid', 'A time is not valid.', [{ path, message }])
}

function isInRange(time: Date): boolean {
  const year = time.getUTCFullYear() // NaN for what Date cannot read
  return year >= 1970 && year <= 9999
}
