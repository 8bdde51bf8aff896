import { type Entry, readText } from './catalogue.ts'

/** The learner's part of a module, between two marker lines. */
const MARKED = /^( *\/\/ Exercise \d\.\d+: your part begins\n)(.*?)(^ *\/\/ Exercise \d\.\d+: your part ends\n)/ms

/** The learner's part of a text: all that follows the comment at its top. */
const BELOW = /^((?:#.*\n)+\n)([\s\S]*)()$/

/**
 * The exercise's original file: the solution with the original text in the learner's part. So the file can always be
 * restored, and there is no second copy to keep in sync.
 */
export function handedOut(entry: Entry): string {
  return answeredWith(entry, readText(`tutor/exercise/handed-out/${entry.name}.txt`))
}

/** The exercise's file with `part` as the learner's part. */
export function answeredWith({ solution, isModule }: Entry, part: string): string {
  const solved = readText(solution)
  const place = isModule ? MARKED : BELOW
  if (!place.test(solved)) throw new Error(`${solution} has no place for an answer`)
  return solved.replace(place, (_all, begin: string, _part, end: string) => begin + part + end)
}
