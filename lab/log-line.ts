import type { PositionedLine } from './line-ring.ts'
import { fieldsOf } from './log-fields.ts'
import type { LogLine } from './wire.ts'

/** A line for the page: as text, and parsed. */
export function logLine({ seq, text }: PositionedLine): LogLine {
  return { seq, raw: text, ...fieldsOf(text) }
}
