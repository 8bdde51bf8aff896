import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../exercise/catalogue.ts'
import { NotUnderstood } from './command-line.ts'

/** A program of this repository, with its arguments. */
export interface OwnProgram {
  /** From the repository's root. */
  readonly file: string
  readonly args: readonly string[]
}

const DEMOS: ReadonlySet<string> = new Set([
  'dist/phases/3-metrics/demos/label-explosion.js',
  'dist/phases/3-metrics/demos/averages.js',
  'dist/phases/3-metrics/demos/unmeasured-wait.js',
])

const TIMEOUT_MS = 60_000
const MOST_OUTPUT = 256 * 1024

/**
 * The programs that a lesson may start. The list is closed: a command line chooses one of them, it never names a program
 * to be executed.
 *
 * @throws NotUnderstood for any other
 */
export function ownProgram(words: readonly string[]): OwnProgram {
  const [program, ...args] = words
  const [run, script, dashes, ...given] = args
  if (program === 'node' && args.length === 1 && DEMOS.has(args[0] as string))
    return { file: args[0] as string, args: [] }
  if (program === 'npm' && run === 'run' && dashes === '--') {
    if (script === 'ask' && !given.every(isOfAsk)) throw new NotUnderstood('asking another server')
    if (script === 'ask') return { file: 'dist/tutor/ask/main.js', args: given }
    const [option, file, ...more] = given
    if (script === 'query' && option === '--test-rules' && file === OWN_TEST && more.length === 0)
      return { file: 'dist/query/server/main.js', args: given }
  }
  throw new NotUnderstood(`\`${words.slice(0, 3).join(' ')}\``)
}

const OWN_TEST = 'lessons/7-alerting/my.test.yml'

/** The page asks its own server alone. */
function isOfAsk(arg: string): boolean {
  return !arg.startsWith('--url') && !/^https?:/.test(arg)
}

/** Runs a program in a process of its own. @returns its output, errors included */
export function runOwnProgram(
  { file, args }: OwnProgram,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const env = { ...process.env, ...environment, NO_COLOR: '1', NODE_OPTIONS: '' }
  const options = { cwd: root, env, signal, timeout: TIMEOUT_MS, maxBuffer: MOST_OUTPUT }
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--enable-source-maps', join(root, file), ...args],
      options,
      (error, stdout, stderr) => {
        // A program that finds a mistake ends with a code; its output says which.
        if (error !== null && typeof error.code !== 'number') reject(error)
        else resolve(`${stdout}${stderr}`)
      },
    )
  })
}
