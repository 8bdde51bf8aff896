import t, { type Test } from 'tap'
import { catalogue, type Entry } from '../../../../tutor/exercise/catalogue.ts'
import { answeredWith } from '../../../../tutor/exercise/handed-out.ts'
import { check } from '../../../../tutor/exercise/verdict.ts'
import { formatVerdict } from '../../../../tutor/exercise/verdict-text.ts'
import { type Answer, answersTo } from './answers.ts'
import { compileAnswers } from './compile-answers.ts'

/**
 * Checks the answers of tutor/exercise/answers to the exercises of a phase: a wrong one must fail the intended claim with
 * a helpful message, and a right one must pass although it is not the solution.
 */
export async function testAnswers(phase: number): Promise<void> {
  t.setTimeout(240_000) // one process per answer
  const exercises = catalogue().filter((entry) => entry.phase === phase)
  const given = exercises.flatMap((entry) => answersTo(entry).map((answer) => ({ entry, answer })))
  const sources = given.map(({ entry, answer }) => [nameOf(entry, answer), answeredWith(entry, answer.part)] as const)
  const modules = await compileAnswers(t, sources)

  for (const entry of exercises) {
    t.test(`exercise ${entry.number} has test answers`, async (t) => {
      const kinds = given.filter((one) => one.entry === entry).map(({ answer }) => answer.kind)
      t.ok(kinds.filter((kind) => kind === 'wrong').length >= 3, 'several wrong ones')
      t.ok(kinds.includes('right'), 'and one that is right')
    })
  }
  for (const [i, { entry, answer }] of given.entries()) {
    const { number } = entry
    const title = answer.kind === 'right' ? `${number} accepts ${answer.title}` : `${number} refuses ${answer.title}`
    t.test(title, (t) => testAnswer(t, entry, answer, modules[i] as string))
  }
}

/** A file name that identifies the answer in compiler messages. */
function nameOf({ number }: Entry, { kind, title }: Answer): string {
  return `${number} ${kind} ${title}`.replaceAll(/[^\w.]+/g, '-')
}

async function testAnswer(t: Test, entry: Entry, answer: Answer, module: string): Promise<void> {
  const verdict = await check(entry, module)
  const words = formatVerdict(entry, verdict)
  if (answer.kind === 'right') {
    t.equal(verdict.problem, undefined, words)
    return
  }
  t.ok(words.includes(`✗ ${answer.claim}\n`), `is refused by "${answer.claim}"\n${words}`)
  for (const said of answer.says) t.ok(words.includes(said), `says "${said}"\n${words}`)
  for (const hidden of answer.hides) t.notOk(words.includes(hidden), `does not say "${hidden}"\n${words}`)
}
