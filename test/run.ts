/**
 * `npm test`: runs every test file in a separate plain Node process, two at a time except for a few. Beside them, one
 * file for which time does not matter uses the CPU time that they leave.
 *
 * tap's own command loads its TypeScript plugin (which does not work with TypeScript 7), module hooks and a
 * process recorder into each test and, through NODE_OPTIONS, into each app that a test starts. That costs half
 * a second of CPU per process, and the app under test would differ from the one that users run. A tap test file
 * is a complete program, so plain Node can run it.
 *
 * A file fails when its process does, when it (or a subtest in it) asserts nothing, or when it takes too long.
 * Usage: node dist/test/run.js [part of a file name, or a compiled file …]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const jobs = Number(process.env.TAP_JOBS ?? 2)
/**
 * Timeout in seconds, ten times the duration of the slowest file on an idle machine. tap then ends the test and
 * reports where it was; a file that still runs is killed later.
 */
const timeout = Number(process.env.TAP_TIMEOUT ?? 90)
const killAfter = 3 * timeout * 1000
/** The slowest files start first, so that none of them runs alone at the end. */
const slowest = [
  'test/docs/',
  'test/tutor/',
  'test/lab/page-',
  'test/phases/',
  'test/prometheus/live.',
  'test/platform/database.',
  'test/main.',
  'test/config.',
  'test/course/seed.',
]
/**
 * These distinguish a server that is down from a slow one within tens of milliseconds. They run first and one at a
 * time, because a browser in parallel would slow them too much.
 */
const undisturbed = [
  'test/course/cache-outage.',
  'test/course/course-cache.',
  'test/course/outage.',
  'test/platform/redis-cache.',
  'test/platform/cache.',
  'test/platform/postgres-database.',
]
/** In these nothing depends on how fast the machine is. They run at a low priority while others wait for servers. */
const patient = [
  'test/query/',
  'test/tutor/exercise/answers/phase-',
  'test/tutor/exercise/solutions.',
  'test/tutor/exercise/handed-out.',
]
const LOW_PRIORITY = 5
/** Optimizing the database's WebAssembly takes longer than it saves in a test's few statements. */
const nodeArgs = ['--enable-source-maps', '--liftoff-only']
/** Each test file leads a process group, so that no child process outlives it. */
const groups = new Set<number>()

interface Outcome {
  readonly file: string
  readonly seconds: number
  readonly assertions: number
  /** Failed assertions; at least 1 when the file failed. */
  readonly failures: number
  readonly skipped: readonly string[]
  /** Reason for the failure; undefined when the file passed. */
  readonly problem: string | undefined
  readonly output: string
}

/** Lists tests by their sources, so that leftovers in dist do not run. */
async function testFiles(parts: readonly string[]): Promise<string[]> {
  if (parts.length > 0 && parts.every((part) => part.endsWith('.js'))) return [...parts]
  const lists = await Promise.all(['test', 'phases'].map((folder) => sources(folder)))
  const chosen = lists.flat().filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
  return chosen.sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1))
}

function placeOf(file: string): number {
  const place = slowest.findIndex((part) => file.startsWith(part))
  return place === -1 ? slowest.length : place
}

async function sources(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true })
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => join(folder, name))
}

async function run(file: string, priority = 0): Promise<Outcome> {
  const compiled = file.endsWith('.js') ? resolve(file) : join(root, 'dist', file.replace(/\.ts$/, '.js'))
  if (!existsSync(compiled)) return failure(file, 'is not compiled: run npm run build')
  const began = performance.now()
  const child = spawn(process.execPath, [...nodeArgs, compiled], {
    cwd: root,
    env: { ...process.env, TAP_TIMEOUT: String(timeout) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const group = child.pid ?? 0
  if (child.pid !== undefined) setPriority(child.pid, priority)
  groups.add(group)
  const late = setTimeout(() => killGroup(group), killAfter)
  child.on('exit', () => killGroup(group))
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  clearTimeout(late)
  const problem = problemOf(code, signal, stdout)
  return {
    file,
    seconds: (performance.now() - began) / 1000,
    ...countAssertions(stdout, problem !== undefined),
    skipped: [...stdout.matchAll(/^ *ok .* # SKIP ?(.*)$/gm)].map(([, reason]) => reason ?? ''),
    problem,
    output: [withoutPasses(stdout), stderr].filter(Boolean).join('\n--- stderr\n'),
  }
}

function killGroup(group: number): void {
  groups.delete(group)
  try {
    process.kill(-group, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // ESRCH: the process group has already ended
  }
}

function failure(file: string, problem: string): Outcome {
  return { file, problem, seconds: 0, assertions: 1, failures: 1, skipped: [], output: '' }
}

function problemOf(code: number | null, signal: NodeJS.Signals | null, tap: string): string | undefined {
  if (signal !== null) return `was ended by ${signal}`
  if (code !== 0) return `exit code ${code}`
  if (/^not ok /m.test(tap)) return 'has a failed assertion'
  if (!/^1\.\.[1-9]/m.test(tap) || /^ *1\.\.0\s*$/m.test(tap)) return 'asserts nothing, or a subtest of it does not'
  return undefined
}

/**
 * The final `ok` of a subtest is not an assertion, nor is a skipped one. A file that failed without a failed
 * assertion (it hung, it was killed) counts as one.
 */
function countAssertions(tap: string, failed: boolean): Pick<Outcome, 'assertions' | 'failures'> {
  const own = tap.split('\n').filter((line) => /^ *(not )?ok /.test(line) && !/ # (skip|todo|time=)/i.test(line))
  const failures = own.filter((line) => /^ *not /.test(line)).length
  return failed && failures === 0 ? { assertions: own.length + 1, failures: 1 } : { assertions: own.length, failures }
}

function withoutPasses(tap: string): string {
  return tap
    .split('\n')
    .filter((line) => !/^ *(ok \d|# Subtest|1\.\.\d+$|$)/.test(line))
    .join('\n')
    .trim()
}

function report(outcome: Outcome): void {
  const { file, seconds, assertions, skipped, problem, output } = outcome
  const mark = problem === undefined ? '✔' : '✖'
  console.log(`${mark} ${file}  ${problem ?? `${assertions} assertions`}, ${seconds.toFixed(1)} s`)
  for (const reason of skipped) console.log(`    skipped: ${reason}`)
  if (problem !== undefined) console.log(`\n${output.replaceAll(/^/gm, '    ')}\n`)
}

async function runAll(files: readonly string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  /** Runs files, one after the other, until the queues are empty. */
  async function work(queues: readonly string[][], priority = 0): Promise<void> {
    for (;;) {
      const file = queues.find(({ length }) => length > 0)?.shift()
      if (file === undefined) return
      const outcome = await run(file, priority)
      report(outcome)
      outcomes.push(outcome)
    }
  }
  const of = (parts: readonly string[]) => files.filter((file) => parts.some((part) => file.startsWith(part)))
  const [first, low] = [of(undisturbed), of(patient)]
  const others = files.filter((file) => !first.includes(file) && !low.includes(file))
  await work([first])
  const workers = Array.from({ length: jobs }, () => work([others, low]))
  await Promise.all(jobs > 1 ? [...workers, work([low], LOW_PRIORITY)] : workers)
  return outcomes
}

process.on('exit', () => groups.forEach(killGroup))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

const began = performance.now()
const outcomes = await runAll(await testFiles(process.argv.slice(2)))
const failed = outcomes.filter(({ problem }) => problem !== undefined)
const assertions = outcomes.reduce((sum, outcome) => sum + outcome.assertions, 0)
const failures = outcomes.reduce((sum, outcome) => sum + outcome.failures, 0)
const seconds = ((performance.now() - began) / 1000).toFixed(1)
console.log(`\n${outcomes.length} test files, ${assertions} assertions, ${failed.length} failed files, ${seconds} s`)
for (const { file, problem } of failed) console.log(`✖ ${file}  ${problem}`)
console.log(`${assertions - failures} passed, ${failures} failed`)
if (failed.length > 0 || outcomes.length === 0) process.exitCode = 1
