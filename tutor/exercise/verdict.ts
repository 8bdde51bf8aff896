import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compiledPath, definitionOf, type Entry, readText } from './catalogue.ts'
import { checkHere } from './claims.ts'
import { compileExercises } from './compile.ts'
import type { Exercise, Preview } from './exercise.ts'
import type { Problem } from './problem.ts'

/** Result of a check. */
export interface Verdict {
  /** The claims that hold, in order. */
  readonly met: readonly string[]
  /** Output of the learner's code during the check. */
  readonly printed: string
  readonly preview?: Preview | undefined
  /** Why the exercise is not solved yet; undefined when it is. */
  readonly problem: Problem | undefined
}

/** Sent by the check process. */
export type Report =
  | { readonly met: string }
  | { readonly problem: Extract<Problem, { kind: 'unmet' | 'thrown' }> }
  | { readonly done: true }

export interface JudgeOptions {
  /** Aborts the check, which then rejects with an AbortError. */
  readonly signal?: AbortSignal
  /** Timeout; default 20, ten times the duration of the longest check. */
  readonly seconds?: number
}

const checkProcess = fileURLToPath(new URL('check-process.js', import.meta.url))

/** Checks the learner's file. A module is compiled first, and must be accepted by TypeScript. */
export async function judge(entry: Entry, options: JudgeOptions = {}): Promise<Verdict> {
  if (!entry.isModule) return await judgeText(entry, readText(entry.file))
  const mistakes = (await compileExercises(options.signal)).filter(({ file }) => file === entry.file)
  if (mistakes.length > 0) return { met: [], printed: '', problem: { kind: 'types', mistakes } }
  return await check(entry, entry.file, options)
}

/** Checks a text as if it were in the learner's file. */
export async function judgeText(entry: Entry, text: string): Promise<Verdict> {
  const exercise = (await definitionOf(entry)) as Exercise<string>
  return { ...(await checkHere(exercise, text)), printed: '', preview: exercise.preview?.(text) }
}

/**
 * Checks a compiled file in a separate process, which may hang, crash or exit; or a text, in this process.
 *
 * @param file the learner's file or the solution
 */
export async function check(entry: Entry, file: string, options: JudgeOptions = {}): Promise<Verdict> {
  if (!entry.isModule) return await judgeText(entry, readText(file))
  const { seconds = 20, signal } = options
  const folder = await mkdtemp(join(tmpdir(), 'course-app-exercise-'))
  try {
    const child = fork(checkProcess, [entry.name, compiledPath(file)], {
      cwd: folder, // no .env is read, and log files are written here
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
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
    }, seconds * 1000)
    const [code, endedBy] = (await once(child, 'close').finally(() => clearTimeout(timer))) as Exit
    signal?.throwIfAborted()
    if (!done) problem = timedOut ? { kind: 'hung', seconds } : { kind: 'ended', code, signal: endedBy }
    return { met, printed: withoutLog(printed), problem }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

type Exit = [code: number | null, signal: NodeJS.Signals | null]

/** Excludes the learner's own settings, which would change the result. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, SystemRoot } = process.env
  return { PATH, HOME, ...(SystemRoot ? { SystemRoot } : {}), OTEL_BSP_SCHEDULE_DELAY: '10' }
}

/** The server under check logs to stdout too, among the learner's own output. */
function withoutLog(printed: string): string {
  return printed
    .split('\n')
    .filter((line) => !/^\{"level":"\w+","time":/.test(line))
    .join('\n')
    .trim()
}
