import { COMMANDS, type Commands, runCommand } from './commands.ts'
import type { Console } from './console.ts'
import type { GivenAnswer } from './given-answer.ts'
import type { Judge } from './judge.ts'

const ASK = 'What is the cause, and what shows it?'

const FORM = `  Say it in your own words, and cite what shows it: a trace id, ask <#>, a line of the log or its request_id.
  questions asks step by step instead. help lists what else you can type.`

const HELP = `${COMMANDS}
  questions (step by step, with hints)   again (the question)   debrief (gives up)   quit
Anything else is your answer. It may cite up to three pieces of evidence:
  a trace id or trace <#> of the last list   ask <#>, or a query in backticks   a request_id, or a copied log line`

export interface InvestigationOptions {
  readonly console: Console
  readonly commands: readonly Commands[]
  readonly judge: Judge
  readonly read: (text: string) => Promise<GivenAnswer>
}

/** How an investigation ended. */
export type InvestigationEnd = 'found' | 'questions' | 'debrief' | 'quit'

/** Asks for the cause and for what shows it, in free form, until all is found or the learner wants something else. */
export async function investigate({ console, commands, judge, read }: InvestigationOptions): Promise<InvestigationEnd> {
  const pose = () => console.show({ stage: 'investigation' }, `\n${console.bold(ASK)}\n${FORM}`)
  pose()
  for (;;) {
    const line = await console.ask()
    if (line === undefined || line === 'quit') return 'quit'
    if (line === '') continue
    if (await runCommand(line, console, commands)) continue
    switch (line.toLowerCase()) {
      case 'help':
        console.print(HELP)
        break
      case 'again':
        pose()
        break
      case 'questions':
      case 'guide':
        return 'questions'
      case 'hint':
        console.print('questions asks step by step, and gives hints.')
        break
      case 'skip':
      case 'debrief':
        return 'debrief'
      default:
        console.print(judge.judge(await read(line)))
        if (judge.isDone) return 'found'
    }
  }
}
