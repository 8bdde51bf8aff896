import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compiled, type Entry } from './catalogue.ts'
import { compileExercises, type TypeMistake } from './compile.ts'
import type { Unmet } from './exercise.ts'

/** How a check went. */
export interface Verdict {
  /** The claims that hold, in order. */
  readonly met: readonly string[]
  /** What the learner's code printed while it was checked. */
  readonly printed: string
  /** Why the exercise is not solved yet; undefined when it is. */
  readonly problem: Problem | undefined
}

export type Problem =
  | ({ readonly kind: 'unmet'; readonly title: string } & Unmet)
  | { readonly kind: 'types'; readonly mistakes: readonly TypeMistake[] }
  /** An error that the learner's code threw, and did not catch. */
  | { readonly kind: 'thrown'; readonly stack: string }
  | { readonly kind: 'hung'; readonly seconds: number }
  /** The process ended in the middle of the check. */
  | { readonly kind: 'ended'; readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** What the process that runs a check reports. */
export type Report =
  | { readonly met: string }
  | { readonly problem: Extract<Problem, { kind: 'unmet' | 'thrown' }> }
  | { readonly done: true }

export interface JudgeOptions {
  /** Ends the check, which then rejects with an AbortError. */
  readonly signal?: AbortSignal
  /** Seconds after which code counts as hanging; 20 unless given, ten times what the longest check takes. */
  readonly seconds?: number
}

const checkProcess = fileURLToPath(new URL('check-process.js', import.meta.url))

/** Compiles the learner's file and, if TypeScript has nothing against it, checks what it does. */
export async function judge(entry: Entry, options: JudgeOptions = {}): Promise<Verdict> {
  const mistakes = (await compileExercises(options.signal)).filter(({ file }) => file === entry.file)
  if (mistakes.length > 0) return { met: [], printed: '', problem: { kind: 'types', mistakes } }
  return await check(entry, entry.file, options)
}

/**
 * Checks a compiled file in a process of its own, which may hang, crash and end as it likes.
 *
 * @param file which one: the learner's, or the solution
 */
export async function check(entry: Entry, file: string, options: JudgeOptions = {}): Promise<Verdict> {
  const { seconds = 20, signal } = options
  const folder = await mkdtemp(join(tmpdir(), 'course-app-exercise-'))
  try {
    const child = fork(checkProcess, [entry.name, compiled(file)], {
      cwd: folder, // so that no .env is read, and log files go there
      env: environment(),
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      signal,
      killSignal: 'SIGKILL',
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    }
    const met: string[] = []
    let problem: Problem | undefined
    let done = false
    child.on('message', (report: Report) => {
      if ('met' in report) met.push(report.met)
      else if ('problem' in report) problem = report.problem
      done ||= !('met' in report)
    })
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, seconds * 1000)
    const [code, endedBy] = (await once(child, 'close').finally(() => clearTimeout(timer))) as Exit
    signal?.throwIfAborted()
    if (!done) problem = late ? { kind: 'hung', seconds } : { kind: 'ended', code, signal: endedBy }
    return { met, printed: withoutLog(printed), problem }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

type Exit = [code: number | null, signal: NodeJS.Signals | null]

/** Nothing of the learner's own settings, which would change what is checked. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, SystemRoot } = process.env
  return { PATH, HOME, ...(SystemRoot ? { SystemRoot } : {}), OTEL_BSP_SCHEDULE_DELAY: '10' }
}

/** The log of the server under check goes to standard output too, where it would bury what the learner prints. */
function withoutLog(printed: string): string {
  return printed
    .split('\n')
    .filter((line) => !/^\{"level":"\w+","time":/.test(line))
    .join('\n')
    .trim()
}
