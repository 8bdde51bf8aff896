import type { ReceivedTimestamp, Timestamp } from '../../proto/google/protobuf/Timestamp.ts'

/** Converts a time of the domain, RFC 3339 in UTC, to a message. Null becomes a message that is not set. */
export function toTimestamp(instant: string): Timestamp
export function toTimestamp(instant: string | null): Timestamp | undefined
export function toTimestamp(instant: string | null): Timestamp | undefined {
  if (instant === null) return undefined
  const ms = Date.parse(instant)
  const seconds = Math.floor(ms / 1000)
  return { seconds, nanos: (ms - seconds * 1000) * 1_000_000 }
}

/**
 * Converts a message to RFC 3339 in UTC with milliseconds. A time outside the range of RFC 3339 becomes an empty string,
 * which every schema refuses.
 */
export function fromTimestamp({ seconds, nanos }: ReceivedTimestamp): string {
  if (nanos < 0 || nanos > 999_999_999 || seconds < FIRST || seconds > LAST) return ''
  return new Date(seconds * 1000 + Math.floor(nanos / 1_000_000)).toISOString()
}

const FIRST = Date.parse('0001-01-01T00:00:00Z') / 1000
const LAST = Date.parse('9999-12-31T23:59:59Z') / 1000
