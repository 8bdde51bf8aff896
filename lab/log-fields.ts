import type { LogFields } from './wire.ts'

/** Marks a truncated line. */
export const CUT = 'lab_cut'

/** A line's fields, and whether it was truncated. A line that is not a JSON object has no fields. */
export function fieldsOf(line: string): { readonly fields: LogFields; readonly cut: boolean } {
  const { [CUT]: cut = false, ...fields } = parseLine(line) ?? {}
  return { fields, cut: cut === true }
}

export function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined // not JSON
  }
}
