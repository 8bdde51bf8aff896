import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { waitFor } from '../../../testkit/wait-for.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** What `npm run exercise` needs of the repository. */
const NEEDED = [
  'package.json',
  'tsconfig.json',
  ...['src', 'phases', 'lessons', 'query', 'tutor'],
  ...['dist/src', 'dist/phases', 'dist/lessons', 'dist/query', 'dist/tutor'],
]

/** What the server with its page needs as well, with the prepared database if there is one: making it takes seconds. */
export const NEEDED_BY_SERVER = [
  ...['README.md', 'proto', 'testkit', 'docs', 'dist/lab', 'dist/testkit'],
  ...readdirSync(join(root, 'dist'))
    .filter((name) => /^pglite-.*\.tar\.gz$/.test(name))
    .map((name) => `dist/${name}`),
]

/** A learner with a clone of the repository, who does exercises on the command line. */
export class Learner {
  readonly #folder = mkdtempSync(join(tmpdir(), 'course-app-learner-'))
  readonly #t: Pick<Test, 'teardown'>

  /** @param more what it is to have of the repository, beside what `npm run exercise` needs */
  constructor(t: Pick<Test, 'teardown'>, more: readonly string[] = []) {
    this.#t = t
    for (const path of [...NEEDED, ...more]) cpSync(join(root, path), join(this.#folder, path), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'))
    t.teardown(() => rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 }))
  }

  path(file: string): string {
    return join(this.#folder, file)
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8')
  }

  save(file: string, text: string): void {
    writeFileSync(this.path(file), text)
  }

  /** Runs `npm run exercise …` to its end, less npm. */
  async run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; output: string }> {
    const session = this.start(args, env)
    const code = await session.ended
    return { code, output: session.output }
  }

  /** The same, for what goes on until it is stopped. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Session {
    const main = this.path('dist/tutor/exercise/main.js')
    const child = spawn(process.execPath, ['--enable-source-maps', main, ...args], {
      cwd: this.#folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const session = new Session(child)
    this.#t.teardown(() => session.stop())
    return session
  }
}

/** A command that runs, and what it has printed. */
export class Session {
  output = ''
  readonly ended: Promise<number>
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
    this.ended = once(child, 'close').then(([code]) => code as number)
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Waits until something is printed after what was there at the last call. @returns all that was */
  async prints(pattern: RegExp): Promise<string> {
    const seen = () => this.output.slice(this.#read)
    await waitFor(`it to print ${pattern}`, () => pattern.test(seen()), { timeout: 60_000, seen })
    const printed = seen()
    this.#read = this.output.length
    return printed
  }

  #read = 0

  async stop(): Promise<void> {
    this.#child.kill()
    await this.ended
  }
}
