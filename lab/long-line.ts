import { shorten } from './shorten.ts'
import type { LogFields } from './wire.ts'

/** Marks a truncated line. */
const CUT = 'lab_cut'

const FIELDS = 50
const CHARACTERS = 1000

/** Truncates an oversized log line: long values are cut, nested ones become text. The result is still JSON. */
export function shortenLine(line: string): string {
  const fields = Object.entries(parse(line) ?? { message: line })
  const kept = fields.slice(0, FIELDS).map(([name, value]) => [shorten(name, 100), shortenValue(value)])
  return JSON.stringify({ ...Object.fromEntries(kept), [CUT]: true })
}

function shortenValue(value: unknown): unknown {
  if (typeof value === 'string') return shorten(value, CHARACTERS)
  if (typeof value !== 'object' || value === null) return value
  const text = JSON.stringify(value)
  return text.length <= CHARACTERS ? value : shorten(text, CHARACTERS)
}

/** A line's fields, and whether it was truncated. A line that is not a JSON object has no fields. */
export function fieldsOf(line: string): { readonly fields: LogFields; readonly cut: boolean } {
  const { [CUT]: cut = false, ...fields } = parse(line) ?? {}
  return { fields, cut: cut === true }
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined // not JSON
  }
}
