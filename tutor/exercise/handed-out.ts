import { type Entry, readText } from './catalogue.ts'

/** The learner's part of an exercise, between two marker lines. */
const PLACE = /^( *\/\/ Exercise \d\.\d: your part begins\n)(.*?)(^ *\/\/ Exercise \d\.\d: your part ends\n)/ms

/**
 * The exercise's original file: the solution with the original text in the learner's part. So the file can always be
 * restored, and there is no second copy to keep in sync.
 */
export function handedOut(entry: Entry): string {
  return answeredWith(entry, readText(`tutor/exercise/handed-out/${entry.name}.txt`))
}

/** The exercise's file with `part` as the learner's part. */
export function answeredWith({ solution }: Entry, part: string): string {
  const solved = readText(solution)
  if (!PLACE.test(solved)) throw new Error(`${solution} has no marked place`)
  return solved.replace(PLACE, (_all, begin: string, _part, end: string) => begin + part + end)
}
