import { definitionOf, type Entry } from './catalogue.ts'
import { hintsGiven, rememberHints } from './progress.ts'

/** The hints that have been given, and how many there are. */
export interface GivenHints {
  readonly given: readonly string[]
  readonly of: number
}

export async function givenHints(entry: Entry): Promise<GivenHints> {
  const { hints } = await definitionOf(entry)
  return { given: hints.slice(0, hintsGiven(entry)), of: hints.length }
}

/** Gives one more hint, if there is one. */
export async function giveHint(entry: Entry): Promise<GivenHints> {
  const { hints } = await definitionOf(entry)
  const count = Math.min(hintsGiven(entry) + 1, hints.length)
  rememberHints(entry, count)
  return { given: hints.slice(0, count), of: hints.length }
}
