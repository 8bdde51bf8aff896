import { COMMANDS, type Commands, runCommand } from './commands.ts'
import type { Console } from './console.ts'
import { indexOfLetter, type Question } from './question.ts'

export interface Score {
  readonly questions: number
  readonly rightAtOnce: number
  /** Multiple choices that were told, after all tries were used up. */
  readonly missed: number
  readonly skipped: number
  readonly hints: number
}

export interface QuizOptions {
  readonly console: Console
  readonly commands: readonly Commands[]
}

const HELP = `${COMMANDS}
  hint   skip   again (the question)   debrief (gives up)   quit`

/**
 * Asks one question after the other, each until it is answered or skipped, and runs commands in between.
 *
 * @returns undefined when the user has quit
 */
export async function quiz(questions: readonly Question[], options: QuizOptions): Promise<Score | undefined> {
  let rightAtOnce = 0
  let missed = 0
  let skipped = 0
  let hints = 0
  for (const [index, question] of questions.entries()) {
    const end = await askOne(question, index + 1, questions.length, options)
    hints += end.hints
    if (end.by === 'leaving') return undefined
    if (end.by === 'debrief') {
      skipped += questions.length - index
      break
    }
    if (end.by === 'skipping') skipped++
    if (end.by === 'missing') missed++
    if (end.by === 'answer' && end.attempts === 1) rightAtOnce++
  }
  return { questions: questions.length, rightAtOnce, missed, skipped, hints }
}

interface End {
  readonly by: 'answer' | 'missing' | 'skipping' | 'debrief' | 'leaving'
  readonly attempts: number
  readonly hints: number
}

async function askOne(
  question: Question,
  number: number,
  of: number,
  { console, commands }: QuizOptions,
): Promise<End> {
  let attempts = 0
  let hints = 0
  const { ask, options = [], form } = question
  const heading = console.bold(`Question ${number} of ${of}: ${ask}`)
  const pose = () =>
    console.show(
      { stage: 'questions', question: { number, of, ask, options, form } },
      `\n${heading}\n${optionsOf(question)}`,
    )
  pose()
  for (;;) {
    const line = await console.ask()
    if (line === undefined || line === 'quit') return { by: 'leaving', attempts, hints }
    if (line === '') continue
    if (await runCommand(line, console, commands)) continue
    switch (line.toLowerCase()) {
      case 'help':
        console.print(HELP)
        break
      case 'again':
        pose()
        break
      case 'debrief':
        return { by: 'debrief', attempts, hints }
      case 'skip':
        console.print(`The answer is ${solutionOf(question)}.`)
        return { by: 'skipping', attempts, hints }
      case 'hint':
        console.print(question.hints[hints] ?? 'That was the last hint. skip tells the answer.')
        if (hints < question.hints.length) hints++
        break
      default: {
        const nudge = question.check(line)
        if (isAttempt(question, line)) attempts++
        if (nudge === undefined) {
          console.print('Right.')
          return { by: 'answer', attempts, hints }
        }
        console.print(`Not quite. ${nudge}`)
        if (attempts === question.tries) {
          console.print(`The answer is ${solutionOf(question)}.`)
          return { by: 'missing', attempts, hints }
        }
      }
    }
  }
}

/** A letter that stands for no option is a slip. */
function isAttempt({ options }: Question, line: string): boolean {
  return options === undefined || indexOfLetter(line) < options.length
}

/** With the text of the option, for a multiple choice. */
function solutionOf({ options, solution }: Question): string {
  return options === undefined ? solution : `${solution}) ${options[indexOfLetter(solution)]}`
}

function optionsOf({ options, form }: Question): string {
  if (options === undefined) return `  (${form})`
  return options.map((option, index) => `  ${String.fromCharCode(97 + index)}) ${option}`).join('\n')
}
