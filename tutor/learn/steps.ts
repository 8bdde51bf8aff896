import type { How, RunRequest, RunResult } from '../../lab/lesson-wire.ts'
import { parseCommandLine, type SimpleCommand, textOf } from './command-line.ts'
import { isAsSaid, type KnownIds } from './expected-output.ts'
import { SETTINGS } from './phase.ts'
import { type CommandContext, isReading, runCommand, whyNot } from './run-command.ts'

/** How long to repeat a command that only reads, until it prints what the lesson does: samples come once a second. */
const PATIENCE_MS = 2500

/** Decides what carries a command of a lesson out. */
export function howToRun(command: string | undefined, notRun: string | undefined): How {
  if (command === undefined) return { by: 'reader' }
  if (notRun !== undefined) return { by: 'terminal', reason: notRun }
  return asPhase(command) ?? asCheck(command) ?? byServer(command)
}

/** `LOG_LEVEL=debug npm run phase:1` */
function asPhase(command: string): How | undefined {
  const simple = onlyCommand(command)
  const words = simple?.words.map((word) => textOf(word, {})).join(' ') ?? ''
  const [, phase] = /^npm run phase:([0-5])$/.exec(words) ?? []
  if (simple === undefined || phase === undefined) return undefined
  if (!Object.keys(simple.settings).every((name) => SETTINGS.has(name))) return undefined
  return { by: 'phase', phase: Number(phase), settings: simple.settings }
}

function asCheck(command: string): How | undefined {
  const [, lesson] = /^npm run check -- ([1-7])$/.exec(command) ?? []
  return lesson === undefined ? undefined : { by: 'check', lesson: Number(lesson) }
}

function byServer(command: string): How {
  const reason = whyNot(command)
  return reason === undefined ? { by: 'server' } : { by: 'terminal', reason }
}

function onlyCommand(text: string): SimpleCommand | undefined {
  try {
    const command = parseCommandLine(text)
    const [only, ...more] = command.kind === 'list' ? command.items : []
    return only?.command.kind === 'simple' && more.length === 0 && !only.isBackground ? only.command : undefined
  } catch {
    return undefined // `howToRun` finds out why
  }
}

/** Runs a command and compares what it prints with what the lesson printed. */
export async function runStep(
  { command, ids }: Pick<RunRequest, 'command' | 'ids'>,
  said: string,
  context: CommandContext,
): Promise<RunResult> {
  const until = isReading(command) ? Date.now() + PATIENCE_MS : 0
  for (;;) {
    const { output, requests, logSince } = await runCommand(command, context)
    const known: KnownIds = new Map(Object.entries(ids))
    const asPrinted = said === '' ? output.trim() === '' : isAsSaid(said, output, known)
    if (!asPrinted && Date.now() < until) continue
    if (!asPrinted) rememberInOrder(said, output, known)
    return { output, as_printed: asPrinted, ids: Object.fromEntries(known), requests, log_since: logSince }
  }
}

const ANY_ID = /(?<![0-9a-f])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{16})(?![0-9a-f])/g

/** If an output differs, its ids stand for those at the same place of the lesson's, if there are as many. */
function rememberInOrder(said: string, output: string, known: KnownIds): void {
  const theirs = said.match(ANY_ID) ?? []
  const ours = output.match(ANY_ID) ?? []
  if (theirs.length !== ours.length) return
  theirs.forEach((id, index) => {
    const now = ours[index] as string
    if (now.length === id.length && !known.has(id)) known.set(id, now)
  })
}
