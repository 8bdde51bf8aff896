import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import type { Test } from 'tap'
import { freePort } from './free-port.ts'
import { findProgram, needs, unprivileged } from './installed.ts'
import { waitFor } from './wait-for.ts'

/** A PostgreSQL server for one test. */
export interface PostgresServer {
  /** `postgres://course@127.0.0.1:PORT/course`: an empty database; its user needs no password. */
  readonly url: string
  /** Stops it: `fast` rolls back and closes connections in an orderly way, `immediate` is a crash. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Starts it again on the same port, after `stop`. */
  start(): Promise<void>
  /** Pauses all of its processes: connections stay open without responses. Works on Linux. */
  pause(): void
  resume(): void
}

export interface PostgresServerOptions {
  /** Whether commits survive a crash, as in production. Default: no, which makes tests faster. */
  readonly durable?: boolean
  /** Further settings: `{ shared_preload_libraries: 'pg_stat_statements' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

type TestContext = Pick<Test, 'teardown'>

/** For the options of a test that uses `postgresUrl`. */
export function needsPostgres(): { skip?: string } {
  return process.env.TEST_DATABASE_URL ? {} : needs('postgres', 'initdb')
}

let shared: Promise<PostgresServer> | undefined
let databases = 0

/**
 * The URL of a new, empty database: on the server of TEST_DATABASE_URL, from which it is dropped at the end, or on a
 * server that is started for this test file. Tests that stop or pause the server use `startPostgres`.
 *
 * @param t the file's own test context, which ends last
 */
export async function postgresUrl(t: TestContext): Promise<string> {
  const given = process.env.TEST_DATABASE_URL
  if (!given) shared ??= startPostgres(t)
  const url = new URL(given || ((await shared)?.url as string))
  const name = `course_test_${process.pid}_${++databases}`
  await onServer(url.href, `create database ${name}`)
  if (given) t.teardown(() => onServer(given, `drop database ${name} with (force)`))
  url.pathname = `/${name}`
  return url.href
}

/** Starts `postgres` on a free port, in a temporary folder. Both are removed at the end of the test. */
export async function startPostgres(t: TestContext, options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'course-app-postgres-'))
  const server = new Server(folder, await freePort(), options)
  t.teardown(async () => {
    await server.stop('immediate')
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  })
  await server.create()
  await server.start()
  await onServer(new URL('/postgres', server.url).href, 'create database course')
  return server
}

class Server implements PostgresServer {
  readonly url: string
  readonly #folder: string
  readonly #arguments: readonly string[]
  #process: ChildProcess | undefined
  #stopped: readonly number[] = []

  constructor(folder: string, port: number, { durable = false, settings: own }: PostgresServerOptions) {
    this.url = `postgres://course@127.0.0.1:${port}/course`
    this.#folder = folder
    const settings = {
      listen_addresses: '127.0.0.1',
      port,
      unix_socket_directories: folder,
      max_connections: 100,
      log_min_messages: 'log',
      ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
      ...own,
    }
    const set = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    this.#arguments = ['-D', join(folder, 'data'), ...set]
  }

  async create(): Promise<void> {
    const { uid, gid } = unprivileged()
    if (uid !== undefined && gid !== undefined) await chown(this.#folder, uid, gid)
    const data = join(this.#folder, 'data')
    const basics = ['--username=course', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
    await promisify(execFile)(program('initdb'), ['-D', data, ...basics], this.#surroundings())
    // The first matching line counts, so this one is only for tests of passwords.
    const access = join(data, 'pg_hba.conf')
    await writeFile(access, `host all locked all scram-sha-256\n${await readFile(access, 'utf8')}`)
  }

  async start(): Promise<void> {
    const started = spawn(program('postgres'), this.#arguments, {
      ...this.#surroundings(),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#process = started
    let output = ''
    started.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    await once(started, 'spawn')
    guard(started, this.#folder)
    await waitFor('PostgreSQL to be ready', () => output.includes('is ready to accept connections'), {
      interval: 5,
      seen: () => output,
    })
  }

  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const exited = once(running, 'exit')
    this.resume()
    running.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await exited
  }

  pause(): void {
    const postmaster = this.#process?.pid as number
    signal(postmaster, 'SIGSTOP') // first, so that it has no more children
    const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').split(' ').filter(Boolean)
    this.#stopped = [postmaster, ...children.map(Number)]
    for (const pid of this.#stopped) signal(pid, 'SIGSTOP')
  }

  resume(): void {
    for (const pid of this.#stopped) signal(pid, 'SIGCONT')
    this.#stopped = []
  }

  /** The server's user may have no access to our own folder. */
  #surroundings() {
    return { ...unprivileged(), cwd: this.#folder, env: { PATH: process.env.PATH, LC_ALL: 'C' } }
  }
}

function program(name: string): string {
  const path = findProgram(name)
  if (path === undefined) throw new Error(`${name} is not installed`)
  return path
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // ESRCH: it has ended by itself
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1 })
  try {
    await sql.unsafe(statement)
  } finally {
    await sql.end()
  }
}

/** Cleans up if this process is killed and no teardown runs: a shell, whose input ends with this process. */
function guard(server: ChildProcess, folder: string): void {
  const script = 'cat; kill -QUIT "$0"; kill -CONT "$0"; sleep 1; rm -rf "$1"'
  const shell = spawn('/bin/sh', ['-c', script, String(server.pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  shell.unref()
  server.once('exit', () => shell.kill())
}
