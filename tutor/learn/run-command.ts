import { setTimeout as delay } from 'node:timers/promises'
import type { RunSent } from '../../lab/lesson-wire.ts'
import { type Command, NotUnderstood, parseCommandLine, type SimpleCommand, textOf } from './command-line.ts'
import { LessonLog } from './lesson-log.ts'
import { readCurl, sendCurl } from './own-curl.ts'
import { ownProgram, runOwnProgram } from './own-programs.ts'
import { readTrace, traceAtLab } from './own-trace.ts'
import { textCommand } from './text-programs.ts'

export interface CommandContext {
  /** This server, without a slash at the end. */
  readonly ownUrl: string
  /** Absolute. */
  readonly logFile: string
  /** Lines of the log before that time are left out; empty for all. */
  readonly since: string
  /** The environment of the course's own programs: where this server is. */
  readonly environment: Readonly<Record<string, string>>
  /** Ends everything. */
  readonly signal: AbortSignal
}

export interface CommandOutcome {
  readonly output: string
  readonly requests: readonly RunSent[]
  readonly logSince: string | null
}

/** A command that can be carried out: it prints something for its input. */
type Step = (run: Run, input: string) => Promise<string>

const MOST_OUTPUT = 256 * 1024
const MOST_REQUESTS = 20
const MOST_SLEEP_S = 10

/**
 * Whether `runCommand` can carry it out: otherwise the reason, which completes "A terminal is needed for …".
 */
export function whyNot(text: string): string | undefined {
  try {
    check(parseCommandLine(text), {})
    return undefined
  } catch (error) {
    if (error instanceof NotUnderstood) return error.message
    throw error
  }
}

/** Whether it only reads, so that it may be repeated until what it looks for is there. */
export function isReading(text: string): boolean {
  const simple = simpleCommands(parseCommandLine(text))
  return simple.every(({ words }) => {
    const [name = '', , script] = words.map((word) =>
      word.map((piece) => ('text' in piece ? piece.text : '$')).join(''),
    )
    const isCurl = name === 'curl'
    const readsLab =
      isCurl && words.some((word) => word.some((piece) => 'text' in piece && /8080\/(metrics|lab)\b/.test(piece.text)))
    return readsLab || ['grep', 'tail', 'head', 'wc', 'sort', 'uniq', 'cat', 'ls'].includes(name) || script === 'ask'
  })
}

/**
 * Carries out a command of a lesson, without a shell: requests go to this server alone, files are those of its log, and
 * programs are those of `ownProgram`.
 *
 * @throws NotUnderstood for anything else, before any of it has run
 */
export async function runCommand(text: string, context: CommandContext): Promise<CommandOutcome> {
  const command = parseCommandLine(text)
  check(command, {})
  const run = new Run(context)
  let output = await execute(command, run, {}, '')
  output += (await Promise.all(run.background)).join('')
  return { output: limited(output), requests: run.requests.slice(-MOST_REQUESTS), logSince: run.logSince }
}

class Run {
  readonly requests: RunSent[] = []
  readonly background: Promise<string>[] = []
  readonly log: LessonLog
  logSince: string | null = null

  constructor(readonly context: CommandContext) {
    this.log = new LessonLog(context.logFile, context.since)
  }
}

type Variables = Readonly<Record<string, string>>

async function execute(command: Command, run: Run, variables: Variables, input: string): Promise<string> {
  run.context.signal.throwIfAborted()
  switch (command.kind) {
    case 'simple':
      return await printed(command, run, variables, input)
    case 'pipe': {
      let text = input
      for (const part of command.commands) text = await execute(part, run, variables, text)
      return text
    }
    case 'list': {
      let text = ''
      for (const { command: item, isBackground } of command.items) {
        const work = execute(item, run, variables, input)
        if (isBackground) run.background.push(work)
        else text += await work
      }
      return text
    }
    case 'for': {
      let text = ''
      for (const value of command.values) {
        const now = { ...variables, [command.variable]: textOf(value, variables) }
        text += await execute(command.body, run, now, input)
      }
      return text
    }
  }
}

async function printed(command: SimpleCommand, run: Run, variables: Variables, input: string): Promise<string> {
  const text = await stepOf(command, variables, run.context)(run, input)
  return command.output === undefined ? text : ''
}

/** Throws what `execute` would, and runs nothing. */
function check(command: Command, variables: Variables): void {
  switch (command.kind) {
    case 'simple':
      stepOf(command, variables, NOWHERE)
      return
    case 'pipe':
      for (const part of command.commands) check(part, variables)
      return
    case 'list':
      for (const { command: item } of command.items) check(item, variables)
      return
    case 'for':
      for (const value of command.values)
        check(command.body, { ...variables, [command.variable]: textOf(value, variables) })
  }
}

/** For a check, the log has the names that the lessons use. */
const NOWHERE = { ownUrl: 'http://localhost:8080', logFile: 'logs/app.log' }

function stepOf(
  { words, settings, output }: SimpleCommand,
  variables: Variables,
  { ownUrl, logFile }: Pick<CommandContext, 'ownUrl' | 'logFile'>,
): Step {
  const [name = '', ...args] = words.map((word) => textOf(word, variables))
  if (Object.keys(settings).length > 0) throw new NotUnderstood('variables of the environment')
  if (output !== undefined && textOf(output, variables) !== '/dev/null') throw new NotUnderstood('writing a file')
  if (name === 'curl') {
    const curl = readCurl(args, ownUrl)
    return async (run) => {
      const { printed, sent } = await sendCurl(ownUrl, curl, run.context.signal)
      run.requests.push(sent)
      return printed
    }
  }
  if (name === 'sleep') return sleeping(args)
  if (name === 'wait' && args.length === 0) return async (run) => (await Promise.all(run.background.splice(0))).join('')
  if (name === 'ls' && args.join() === 'logs') return async (run) => await run.log.list()
  if (name === 'rm' && args.join(' ') === '-f logs/app.log') return forgetLog
  if (name === 'npm' && args[1] === 'trace') {
    const trace = readTrace(args[2] === '--' ? args.slice(3) : args.slice(2))
    return async (run) => {
      const { printed, sent } = await traceAtLab(ownUrl, trace, run.context.signal)
      run.requests.push(sent)
      return printed
    }
  }
  const text = textCommand(name, args)
  if (text !== undefined) {
    const log = new LessonLog(logFile, '')
    if (logFile !== 'logs/app.log') for (const file of text.files) log.fileOf(file)
    else
      for (const file of text.files) if (!/^logs\/[\w-]+\.log$/.test(file)) throw new NotUnderstood(`the file ${file}`)
    return async (run, input) =>
      text.run(
        text.files.length === 0
          ? [{ name: '', text: input }]
          : await Promise.all(text.files.map((file) => run.log.read(file))),
      )
  }
  const program = ownProgram([name, ...args])
  return async ({ context }) => await runOwnProgram(program, context.environment, context.signal)
}

function sleeping([seconds, ...more]: readonly string[]): Step {
  if (more.length > 0 || !/^\d+(\.\d+)?$/.test(seconds ?? '') || Number(seconds) > MOST_SLEEP_S)
    throw new NotUnderstood(`a pause of ${seconds}`)
  return async ({ context: { signal } }) => {
    await delay(Number(seconds) * 1000, undefined, { signal })
    return ''
  }
}

/** Nothing is removed: the server has the file open. Later commands leave out the lines that it has already. */
const forgetLog: Step = async (run) => {
  run.logSince = new Date().toISOString()
  return ''
}

function simpleCommands(command: Command): SimpleCommand[] {
  switch (command.kind) {
    case 'simple':
      return [command]
    case 'pipe':
      return command.commands.flatMap(simpleCommands)
    case 'list':
      return command.items.flatMap(({ command: item }) => simpleCommands(item))
    case 'for':
      return simpleCommands(command.body)
  }
}

function limited(text: string): string {
  return text.length <= MOST_OUTPUT ? text : `${text.slice(0, MOST_OUTPUT)}\n… and more`
}
