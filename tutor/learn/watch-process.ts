/**
 * Watches the file of one exercise and sends what its checks find, for the Lab's page. A process of its own, because a
 * check may keep it busy for seconds. It ends with its parent.
 */
import type { ExerciseEvent } from '../../lab/exercise-wire.ts'
import { catalogue, type Entry } from '../exercise/catalogue.ts'
import { describeProblem } from '../exercise/describe-problem.ts'
import type { Verdict } from '../exercise/verdict.ts'
import { watchExercise } from '../exercise/watch.ts'

const stop = new AbortController()
process.on('disconnect', () => stop.abort())
// Ctrl-C reaches the server too, which then ends this process.
process.on('SIGINT', () => {})

const entry = catalogue().find(({ number }) => number === process.argv[2])
if (entry === undefined || !process.connected) throw new Error('This file is started by the page of the Lab.')

try {
  await watchExercise(entry, {
    until: stop.signal,
    onStart: () => tell({ kind: 'checking' }),
    onVerdict: (verdict) =>
      tell(verdict === undefined ? { kind: 'missing' } : { kind: 'verdict', verdict: shown(entry, verdict) }),
  })
} catch (error) {
  tell({ kind: 'failed', message: (error as Error).message })
}
if (process.connected) process.disconnect()

function shown(entry: Entry, { met, printed, problem, preview }: Verdict) {
  return {
    solved: problem === undefined,
    met,
    problem: problem && describeProblem(entry, problem),
    preview,
    printed,
  }
}

function tell(event: ExerciseEvent): void {
  if (process.connected) process.send?.(event)
}
