let second = Number.NaN
let upToSecond = ''

/**
 * The member `,"time":"2026-01-31T12:00:00.123Z"` of a log line: RFC 3339, in UTC, to the millisecond.
 * Formatting a date is expensive, and all but the milliseconds changes only once a second. That part is cached.
 */
export function time(): string {
  const now = Date.now()
  const milliseconds = now % 1000
  if (now - milliseconds !== second) {
    second = now - milliseconds
    upToSecond = new Date(second).toISOString().slice(0, -4)
  }
  return `,"time":"${upToSecond}${String(milliseconds).padStart(3, '0')}Z"`
}
