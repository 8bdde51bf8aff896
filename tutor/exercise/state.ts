import type { ExerciseState } from '../../lab/exercise-wire.ts'
import type { Entry } from './catalogue.ts'
import { handedOut } from './handed-out.ts'
import { learnerText } from './learner-file.ts'
import { verdictOn } from './progress.ts'

/** The state of an exercise, without a check. */
export function stateOf(entry: Entry): ExerciseState {
  const text = learnerText(entry)
  if (text === undefined) return 'missing'
  if (text === handedOut(entry)) return 'open'
  const isSolved = verdictOn(entry, text)
  if (isSolved === undefined) return 'changed'
  return isSolved ? 'solved' : 'open'
}
