import { type Entry, textIn } from './catalogue.ts'

/** The marked place of an exercise, between a line that begins it and one that ends it. */
const PLACE = /^( *\/\/ Exercise \d\.\d: your part begins\n)(.*?)(^ *\/\/ Exercise \d\.\d: your part ends\n)/ms

/**
 * The exercise's file as it was handed out: the solution, with what stood in the marked place before. So a
 * learner's file can be restored whatever has become of it, and there is no second copy of it to keep alike.
 */
export function handedOut(entry: Entry): string {
  return answeredWith(entry, textIn(`tutor/exercise/handed-out/${entry.name}.txt`))
}

/** The exercise's file with `part` in the marked place. */
export function answeredWith({ solution }: Entry, part: string): string {
  const solved = textIn(solution)
  if (!PLACE.test(solved)) throw new Error(`${solution} has no marked place`)
  return solved.replace(PLACE, (_all, begin: string, _part, end: string) => begin + part + end)
}
