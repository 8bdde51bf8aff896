import type { KnownKey } from '../wire.ts'
import { quoted, termsIn } from './filter.ts'

/** A proposal, and the filter with it. */
export interface Proposal {
  readonly label: string
  readonly text: string
  /** Where the caret is then. */
  readonly caret: number
}

const MAX_PROPOSALS = 8

/** Completes the term at the caret: its key, or after the operator its value. */
export function proposalsFor(text: string, caret: number, known: readonly KnownKey[]): Proposal[] {
  const term = termsIn(text).find(({ start, end }) => start < caret && caret <= end)
  const [start, end] = [term?.start ?? caret, term?.end ?? caret]
  const { minus = '', key, operator = '', quoted: inside, plain = '' } = term?.groups ?? {}
  const typed = (inside ?? plain).toLowerCase()
  const put = (label: string, replacement: string): Proposal => {
    const before = text.slice(0, start) + minus + replacement
    return { label, text: before + text.slice(end), caret: before.length }
  }
  if (key !== undefined) {
    const values = known.find(({ name }) => name === key)?.values ?? []
    return best(values, typed).map((value) => put(value, `${key}${operator}${quoted(value)}`))
  }
  if (inside !== undefined) return []
  return best(
    known.map(({ name }) => name),
    typed,
  ).map((name) => put(name, `${name}=`))
}

/** Those that begin with the typed text, then those that contain it; not the typed text itself. */
function best(names: readonly string[], typed: string): string[] {
  const fitting = names.filter((name) => name.toLowerCase().includes(typed) && name.toLowerCase() !== typed)
  const rank = (name: string) => (name.toLowerCase().startsWith(typed) ? 0 : 1)
  return fitting.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_PROPOSALS)
}
