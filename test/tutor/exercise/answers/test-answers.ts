import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { catalogue, definitionOf, type Entry } from '../../../../tutor/exercise/catalogue.ts'
import { checkHere } from '../../../../tutor/exercise/claims.ts'
import { answeredWith } from '../../../../tutor/exercise/handed-out.ts'
import { check, judgeText, type Verdict } from '../../../../tutor/exercise/verdict.ts'
import { formatVerdict } from '../../../../tutor/exercise/verdict-text.ts'
import { type Answer, answersTo } from './answers.ts'
import { compileAnswers } from './compile-answers.ts'

/**
 * Checks the answers of tutor/exercise/answers to the exercises of a lesson: a wrong one must fail the intended claim with
 * a helpful message, and a right one must pass although it is not the solution.
 */
export async function testAnswers(lesson: number): Promise<void> {
  t.setTimeout(240_000) // one process per answer that is a module
  const exercises = catalogue().filter((entry) => entry.lesson === lesson)
  const given = exercises.flatMap((entry) => answersTo(entry).map((answer) => ({ entry, answer })))
  const modules = await compileModules(given)

  for (const entry of exercises) {
    t.test(`exercise ${entry.number} has test answers`, async (t) => {
      const kinds = given.filter((one) => one.entry === entry).map(({ answer }) => answer.kind)
      t.ok(kinds.filter((kind) => kind === 'wrong').length >= 3, 'several wrong ones')
      t.ok(kinds.includes('right'), 'and one that is right')
    })
  }
  for (const one of given) {
    const { entry, answer } = one
    const { number } = entry
    const title = answer.kind === 'right' ? `${number} accepts ${answer.title}` : `${number} refuses ${answer.title}`
    t.test(title, (t) => testAnswer(t, entry, answer, modules.get(one)))
  }
}

interface Given {
  readonly entry: Entry
  readonly answer: Answer
}

/** The compiled files of the answers that are modules. */
async function compileModules(given: readonly Given[]): Promise<Map<Given, string>> {
  const modules = given.filter(({ entry }) => entry.isModule)
  if (modules.length === 0) return new Map()
  const sources = modules.map(({ entry, answer }) => [nameOf(entry, answer), answeredWith(entry, answer.part)] as const)
  const files = await compileAnswers(t, sources)
  return new Map(modules.map((one, i) => [one, files[i] as string]))
}

/** A file name that identifies the answer in compiler messages. */
function nameOf({ number }: Entry, { kind, title }: Answer): string {
  return `${number} ${kind} ${title}`.replaceAll(/[^\w.]+/g, '-')
}

/** A dashboard is data: unlike code of the phases, it starts nothing that a process of its own would have to end. */
async function judgeModule(entry: Entry, module: string): Promise<Verdict> {
  if (entry.lesson < 6) return await check(entry, module)
  const answer: unknown = await import(pathToFileURL(module).href)
  return { ...(await checkHere(await definitionOf(entry), answer)), printed: '' }
}

/** @param module undefined for an exercise whose answer is a text */
async function testAnswer(t: Test, entry: Entry, answer: Answer, module: string | undefined): Promise<void> {
  const text = answeredWith(entry, answer.part)
  const verdict = await (module === undefined ? judgeText(entry, text) : judgeModule(entry, module))
  const words = formatVerdict(entry, verdict)
  if (answer.kind === 'right') {
    t.equal(verdict.problem, undefined, words)
    return
  }
  t.ok(words.includes(`✗ ${answer.claim}\n`), `is refused by "${answer.claim}"\n${words}`)
  for (const said of answer.says) t.ok(words.includes(said), `says "${said}"\n${words}`)
  for (const hidden of answer.hides) t.notOk(words.includes(hidden), `does not say "${hidden}"\n${words}`)
}
