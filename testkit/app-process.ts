import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { deadline, expired } from './deadline.ts'
import { guard } from './guard.ts'
import { type LogLine, readLogLines, waitForLine } from './log-file.ts'
import { GiveUp, type WaitOptions, waitFor } from './wait-for.ts'

export interface AppOptions {
  /** Merged into the defaults; `undefined` removes a default. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Arguments of main.js: `['--phase', '3']`. */
  readonly args?: readonly string[]
  /** The script to run instead of the app. */
  readonly script?: string
  /** Milliseconds until the app must be ready. Default: 30 000. */
  readonly timeout?: number
  /** Milliseconds that it may take to stop. Default: 5000. */
  readonly stopTimeout?: number
}

/** How a process ended, and how long that took in milliseconds. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly ms: number
}

/** How a short-lived process ended, and its output. */
export interface FinishedRun extends Exit {
  readonly stdout: string
  readonly stderr: string
}

/** The app, running as a separate process. */
export interface AppProcess {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string
  /** Its gRPC address: `127.0.0.1:PORT`; empty if it has none. */
  readonly grpc: string
  readonly pid: number
  readonly logFile: string
  /** Its temporary working directory, which also holds the log file. */
  readonly folder: string
  /** Milliseconds from its start until it was ready. */
  readonly startedInMs: number
  /** Its output so far. */
  stdout(): string
  stderr(): string
  /** The lines of its log file so far. */
  logLines(): Promise<LogLine[]>
  waitForLogLine(description: string, predicate: (line: LogLine) => boolean, options?: WaitOptions): Promise<LogLine>
  /**
   * Sends a signal, by default SIGTERM, and waits for the end.
   *
   * @throws when the process takes longer than `stopTimeout`; it is then killed.
   */
  stop(signal?: NodeJS.Signals): Promise<Exit>
}

/**
 * For `AppOptions.env`: the app without database and cache, as the gateway of a course service that is not running. It
 * starts much faster, and everything works that needs no courses.
 */
export const quickStart = { ROLE: 'gateway', COURSE_GRPC_URL: '127.0.0.1:1' }

type TestContext = Pick<Test, 'teardown'>

/** Without them V8 spends half of the start on optimizing the database's WebAssembly, for a test's few statements. */
const nodeArgs = ['--liftoff-only']

const mainScript = fileURLToPath(new URL('../src/main.js', import.meta.url))

/**
 * For `AppOptions.script`: the partner service alone, for a test that needs just any server with telemetry. It has all
 * plugins of the phase and no database, so it starts three times as fast.
 */
export const partnerScript = fileURLToPath(new URL('../src/partner/main.js', import.meta.url))

/**
 * Starts `node dist/src/main.js` as a separate process and waits until it is ready: its banner (its output apart from
 * JSON log lines) has a URL, and `GET /livez` there returns 200.
 *
 * By default it listens on free ports, keeps its data in memory, works and logs in a temporary folder, and inherits only
 * PATH and HOME from the environment. It is stopped at the end of the test, which fails if the app does not stop within
 * `stopTimeout`, exits with an error, or has died before.
 */
export async function startApp(t: TestContext, options: AppOptions = {}): Promise<AppProcess> {
  const running = await launch(t, options)
  t.teardown(() => running.end())
  const url = await running.ready(options.timeout ?? 30_000)
  const startedInMs = performance.now() - running.startedAt
  const { pid, logFile, folder } = running
  return {
    url,
    grpc: /^ *gRPC +(\S+:\d+)$/m.exec(running.stderr)?.[1] ?? '',
    pid,
    logFile,
    folder,
    startedInMs,
    stdout: () => running.stdout,
    stderr: () => running.stderr,
    logLines: () => readLogLines(logFile),
    waitForLogLine: (description, predicate, wait) => waitForLine(logFile, description, predicate, wait),
    stop: (signal) => running.stop(signal),
  }
}

/**
 * Runs the app when it is expected to end by itself, for example because of an invalid setting.
 *
 * @throws when it still runs after `options.timeout` (default: 30 s); it is then killed.
 */
export async function runApp(t: TestContext, options: AppOptions = {}): Promise<FinishedRun> {
  const running = await launch(t, options)
  const exit = await running.exitWithin(options.timeout ?? 30_000)
  return { ...exit, stdout: running.stdout, stderr: running.stderr }
}

async function launch(t: TestContext, options: AppOptions): Promise<RunningProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'course-app-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const env = environment(folder, options.env)
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...nodeArgs, options.script ?? mainScript, ...(options.args ?? [])], {
    cwd: folder, // so that a developer's .env is not read
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const running = new RunningProcess(child, startedAt, folder, env.LOG_FILE ?? '', options.stopTimeout ?? 5000)
  await once(child, 'spawn')
  guard(child, folder)
  return running
}

function environment(folder: string, own: AppOptions['env']): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    HOST: '127.0.0.1',
    PORT: '0',
    GRPC_PORT: '0',
    DATABASE_URL: 'memory:',
    DATA_DIR: join(folder, 'data'),
    LOG_FILE: join(folder, 'app.log'),
    ...own,
  }
}

class RunningProcess {
  stdout = ''
  stderr = ''
  readonly pid: number
  readonly #exited: Promise<Omit<Exit, 'ms'> & { readonly at: number }>
  readonly #closed: Promise<unknown>
  #ended = false
  #stopAsked = false

  constructor(
    readonly child: ChildProcess,
    readonly startedAt: number,
    readonly folder: string,
    readonly logFile: string,
    readonly stopTimeout: number,
  ) {
    this.pid = child.pid ?? 0
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.#exited = once(child, 'exit').then(([code, signal]) => {
      this.#ended = true
      return { code, signal, at: performance.now() }
    })
    // Emitted after the last output of the app and its child processes.
    this.#closed = once(child, 'close')
  }

  async ready(timeout: number): Promise<string> {
    try {
      return await waitFor('the app to print its URL and answer GET /livez', () => this.#respondingUrl(), {
        timeout,
        seen: () => this.output(),
      })
    } catch (error) {
      await this.stop('SIGKILL') // the error says it all, the teardown need not complain again
      throw error
    }
  }

  async #respondingUrl(): Promise<string | undefined> {
    if (this.#ended) {
      const { code, signal } = await this.exitWithin(this.stopTimeout)
      throw new GiveUp(`the app ended before it was ready (code ${code}, signal ${signal})\n${this.output()}`)
    }
    const banner = `${this.stdout}\n${this.stderr}`.replace(/^\{.*$/gm, '') // a log line may name another server
    const printed = banner.match(/http:\/\/[^\s"]+:\d+/g) ?? []
    for (const url of new Set(printed)) {
      if (await isAlive(url)) return url
    }
    return undefined
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.#stopAsked = true
    this.child.kill(signal)
    return await this.exitWithin(this.stopTimeout, `after ${signal}`)
  }

  async exitWithin(timeout: number, when = 'after its start'): Promise<Exit> {
    const began = performance.now()
    const late = deadline(timeout)
    const outcome = await Promise.race([this.#closed, late.passed]).finally(late.cancel)
    if (outcome === expired) await this.#complain(timeout, when)
    const { code, signal, at } = await this.#exited
    return { code, signal, ms: Math.max(0, at - began) }
  }

  async #complain(timeout: number, when: string): Promise<never> {
    const ended = this.#ended
    this.child.kill('SIGKILL')
    await this.#exited
    this.child.stdout?.destroy()
    this.child.stderr?.destroy()
    if (ended) throw new Error(`the app has ended, but left a process behind\n${this.output()}`)
    throw new Error(`the app still ran ${timeout} ms ${when} and was killed\n${this.output()}`)
  }

  /** For the teardown: ends the process, and throws unless it ended regularly. */
  async end(): Promise<void> {
    if (this.#stopAsked) {
      await this.exitWithin(this.stopTimeout)
      return
    }
    const when = this.#ended ? 'before it was stopped' : 'when it was stopped'
    const { code, signal } = await this.stop()
    if (code !== 0 || when.startsWith('before'))
      throw new Error(`the app ended with code ${code}, signal ${signal}, ${when}\n${this.output()}`)
  }

  output(): string {
    return `--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}\n---`
  }
}

/** An address that does not respond belongs to another server that the banner names. */
async function isAlive(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/livez`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(2000),
    })
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    return false
  }
}
