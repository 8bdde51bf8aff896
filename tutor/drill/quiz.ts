import type { Console } from './console.ts'
import type { Question } from './question.ts'

export interface Score {
  readonly questions: number
  readonly rightAtOnce: number
  readonly skipped: number
  readonly hints: number
}

/** Commands that can be typed instead of an answer. */
export interface Commands {
  /** @returns the output of the command; undefined when the line is another command */
  run(line: string): string | undefined
}

export interface QuizOptions {
  readonly console: Console
  readonly commands: readonly Commands[]
}

const HELP = `  traces [newest|oldest|slowest|largest|failed] [name]   lists traces, by the name of their first span
  trace <# or id>   one trace as a waterfall         span <#>   one line of it with its attributes
  clients [seconds] or clients all                  how long callers waited, and the slowest call of each route
  ! <command>       anything in a shell: ! grep -c error logs/drill/app.log
  hint   skip   again (the question)   debrief (gives up)   quit`

/**
 * Asks one question after the other, each until it is answered or skipped, and runs commands in between.
 *
 * @returns undefined when the user has quit
 */
export async function quiz(questions: readonly Question[], options: QuizOptions): Promise<Score | undefined> {
  let rightAtOnce = 0
  let skipped = 0
  let hints = 0
  for (const [index, question] of questions.entries()) {
    const end = await askOne(question, `Question ${index + 1} of ${questions.length}`, options)
    hints += end.hints
    if (end.by === 'leaving') return undefined
    if (end.by === 'debrief') {
      skipped += questions.length - index
      break
    }
    if (end.by === 'skipping') skipped++
    if (end.by === 'answer' && end.attempts === 1) rightAtOnce++
  }
  return { questions: questions.length, rightAtOnce, skipped, hints }
}

interface End {
  readonly by: 'answer' | 'skipping' | 'debrief' | 'leaving'
  readonly attempts: number
  readonly hints: number
}

async function askOne(question: Question, title: string, { console, commands }: QuizOptions): Promise<End> {
  let attempts = 0
  let hints = 0
  const pose = () => console.print(`\n${console.bold(`${title}: ${question.ask}`)}\n${optionsOf(question)}`)
  pose()
  for (;;) {
    const line = await console.ask()
    if (line === undefined || line === 'quit') return { by: 'leaving', attempts, hints }
    if (line === '') continue
    if (await runCommand(line, console, commands)) continue
    switch (line.toLowerCase()) {
      case 'again':
        pose()
        break
      case 'debrief':
        return { by: 'debrief', attempts, hints }
      case 'skip':
        console.print(`The answer is ${question.solution}.`)
        return { by: 'skipping', attempts, hints }
      case 'hint':
        console.print(question.hints[hints] ?? 'That was the last hint. skip tells the answer.')
        if (hints < question.hints.length) hints++
        break
      default: {
        attempts++
        const nudge = question.check(line)
        if (nudge === undefined) {
          console.print('Right.')
          return { by: 'answer', attempts, hints }
        }
        console.print(`Not quite. ${nudge}`)
      }
    }
  }
}

/** Runs a command that is allowed at any time. @returns whether the line was one */
export async function runCommand(line: string, console: Console, commands: readonly Commands[]): Promise<boolean> {
  if (line.startsWith('!')) {
    await console.run(line.slice(1))
    return true
  }
  const answer = line === 'help' ? HELP : answerOf(commands, line)
  if (answer !== undefined) console.print(answer)
  return answer !== undefined
}

function answerOf(commands: readonly Commands[], line: string): string | undefined {
  for (const command of commands) {
    const answer = command.run(line)
    if (answer !== undefined) return answer
  }
  return undefined
}

function optionsOf({ options, form }: Question): string {
  if (options === undefined) return `  (${form})`
  return options.map((option, index) => `  ${String.fromCharCode(97 + index)}) ${option}`).join('\n')
}
