import { CUT, parseLine } from './log-fields.ts'
import { shorten } from './shorten.ts'

const FIELDS = 50
const CHARACTERS = 1000

/** Truncates an oversized log line: long values are cut, nested ones become text. The result is still JSON. */
export function shortenLine(line: string): string {
  const fields = Object.entries(parseLine(line) ?? { message: line })
  const kept = fields.slice(0, FIELDS).map(([name, value]) => [shorten(name, 100), shortenValue(value)])
  return JSON.stringify({ ...Object.fromEntries(kept), [CUT]: true })
}

function shortenValue(value: unknown): unknown {
  if (typeof value === 'string') return shorten(value, CHARACTERS)
  if (typeof value !== 'object' || value === null) return value
  const text = JSON.stringify(value)
  return text.length <= CHARACTERS ? value : shorten(text, CHARACTERS)
}
