/** `npm run exercise`: see `USAGE`. */
import { parseArgs } from 'node:util'
import { describeProgress } from '../progress/describe-progress.ts'
import { ProgressFile } from '../progress/progress.ts'
import { catalogue, definitionOf, type Entry, root } from './catalogue.ts'
import { giveHint } from './hints.ts'
import { onKeys } from './keys.ts'
import { diffToSolution, learnerText, reset } from './learner-file.ts'
import { rememberVerdict } from './progress.ts'
import { saveData } from './shown-data.ts'
import { stateOf } from './state.ts'
import { UsageError } from './usage-error.ts'
import { judge } from './verdict.ts'
import { colored, colouredDiff, formatVerdict, wrapped } from './verdict-text.ts'
import { watchExercise } from './watch.ts'

const USAGE = `
  npm run exercise                       lists the exercises and names the next one
  npm run exercise 3.2                   checks exercise 3.2 each time that you save it
  npm run exercise 3.2 -- --once         checks it once
  npm run exercise 3.2 -- --hint         gives a hint, and each time one more
  npm run exercise 6.2 -- --data         writes data to look at, for exercises that have some
  npm run exercise 3.2 -- --solution     shows what is different in the solution
  npm run exercise 3.2 -- --reset        puts the file back to how it was handed out
`

const OPTIONS = ['once', 'hint', 'data', 'solution', 'reset'] as const

type State = Exclude<ReturnType<typeof stateOf>, 'changed'>

const MARKS: Record<State, string> = { solved: colored('green', '✓'), open: '·', missing: colored('red', '!') }

const exercises = catalogue()

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

async function run(args: readonly string[]): Promise<number> {
  const { number, option } = parse(args)
  if (number === undefined) return await list()
  const entry = exercises.find((found) => found.number === number)
  if (entry === undefined) throw new UsageError(`There is no exercise ${number}. There are ${numbers()}.`)
  switch (option) {
    case 'hint':
      return await hint(entry)
    case 'solution':
      return solution(entry)
    case 'reset':
      return restore(entry)
    case 'data':
      return await writeData(entry)
    case 'once':
      return await checkOnce(entry)
    default:
      return await watch(entry)
  }
}

function parse(args: readonly string[]): { number: string | undefined; option: (typeof OPTIONS)[number] | undefined } {
  const options = Object.fromEntries(OPTIONS.map((name) => [name, { type: 'boolean' as const }]))
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    // Without `--`, npm takes options for itself and passes them on as environment variables.
    const chosen = OPTIONS.filter((name) => values[name] || process.env[`npm_config_${name}`])
    if (positionals.length > 1 || chosen.length > 1) throw new Error('One exercise and one option at a time')
    if (positionals.length === 0 && chosen.length > 0) throw new Error(`--${chosen[0]} needs the number of an exercise`)
    return { number: positionals[0], option: chosen[0] }
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}.\n${USAGE}`)
  }
}

function numbers(): string {
  return exercises.map(({ number }) => number).join(', ')
}

/** Checks files that have changed since their last check, so that the list is current. */
async function list(): Promise<number> {
  const states: { entry: Entry; state: State }[] = []
  for (const entry of exercises) states.push({ entry, state: await checkedState(entry) })
  let lesson = 0
  for (const { entry, state } of states) {
    if (entry.lesson !== lesson) print(`\n  ${entry.file.startsWith('phases/') ? 'Phase' : 'Lesson'} ${entry.lesson}`)
    lesson = entry.lesson
    print(`  ${MARKS[state]} ${entry.number}  ${entry.title}${state === 'missing' ? '  (its file is missing)' : ''}`)
  }
  const next = states.find(({ state }) => state !== 'solved')?.entry
  print(`\n  ${states.filter(({ state }) => state === 'solved').length} of ${states.length} solved.`)
  for (const line of describeProgress(new ProgressFile(root).read())) print(`  ${line}`)
  print(next ? `  Next: npm run exercise ${next.number}    ${next.file}\n` : '  You have solved them all.\n')
  return 0
}

/** Checks a file that has changed since its last check. */
async function checkedState(entry: Entry): Promise<State> {
  const state = stateOf(entry)
  if (state !== 'changed') return state
  const text = learnerText(entry) as string
  const solved = (await judge(entry)).problem === undefined
  rememberVerdict(entry, text, solved)
  return solved ? 'solved' : 'open'
}

async function watch(entry: Entry): Promise<number> {
  refuseWithoutFile(entry)
  header(entry)
  print('  The task stands at the top of the file. Whenever you save the file it is checked. Ctrl-C ends this.')
  const stopListening = onKeys({ h: () => void hint(entry), s: () => void solution(entry) })
  try {
    await watchExercise(entry, {
      until: 'solved',
      onStart: () => print(colored('dim', `\n  ${new Date().toLocaleTimeString('en-GB')}  checking …`)),
      onVerdict(verdict) {
        if (verdict === undefined) return print(`\n  ${missing(entry)}`)
        print(formatVerdict(entry, verdict))
        if (verdict.problem) print(colored('dim', `  Stuck? ${help(entry)}`))
      },
    })
  } finally {
    stopListening()
  }
  return congratulate(entry)
}

/** Keys work only at a terminal. */
function help({ number }: Entry): string {
  return process.stdin.isTTY ? 'Press h for a hint, s for the solution.' : `npm run exercise ${number} -- --hint`
}

async function checkOnce(entry: Entry): Promise<number> {
  refuseWithoutFile(entry)
  const text = learnerText(entry) as string
  header(entry)
  const verdict = await judge(entry)
  const solved = verdict.problem === undefined
  rememberVerdict(entry, text, solved)
  print(`\n${formatVerdict(entry, verdict)}`)
  return solved ? congratulate(entry) : 1
}

function congratulate({ number, title }: Entry): number {
  const next = exercises[exercises.findIndex((entry) => entry.number === number) + 1]
  print(`  ${colored('green', 'Solved')}: ${title}.`)
  print(next ? `  Next: npm run exercise ${next.number}    ${next.title}\n` : '  That was the last one.\n')
  return 0
}

async function hint(entry: Entry): Promise<number> {
  const { given, of } = await giveHint(entry)
  for (const [i, text] of given.entries()) print(`\n${wrapped(`  Hint ${i + 1} of ${of}: `, text)}`)
  if (given.length === of)
    print(`\n  That was the last one. npm run exercise ${entry.number} -- --solution shows the rest.`)
  print('')
  return 0
}

function solution(entry: Entry): number {
  const diff = diffToSolution(entry)
  print(/^@@/m.test(diff) ? colouredDiff(diff) : `  ${entry.file} is the solution, word for word.`)
  return 0
}

function restore(entry: Entry): number {
  const kept = reset(entry)
  print(`  ${entry.file} is as it was handed out.`)
  if (kept !== undefined) print(`  What you had in it is kept in ${kept}`)
  return 0
}

async function writeData(entry: Entry): Promise<number> {
  const { data } = await definitionOf(entry)
  if (data === undefined) throw new UsageError(`Exercise ${entry.number} has no data to look at.`)
  const { flags, example } = saveData(entry, data())
  print(
    `\n  Serve the data in one terminal, and ask for it in another:\n\n    npm run query -- ${flags}\n    npm run ask -- ${example}\n`,
  )
  return 0
}

function header({ number, title, file }: Entry): void {
  print(`\n  ${colored('bold', `Exercise ${number}: ${title}`)}\n  ${file}`)
}

function refuseWithoutFile(entry: Entry): void {
  if (learnerText(entry) === undefined) throw new UsageError(missing(entry))
}

function missing({ number, file }: Entry): string {
  return `${file} is missing. npm run exercise ${number} -- --reset brings it back.`
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
