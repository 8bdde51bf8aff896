import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { freePort } from './free-port.ts'
import { guard } from './guard.ts'
import { findProgram, needs } from './installed.ts'
import { waitFor } from './wait-for.ts'

/** A Redis server for one test. */
export interface RedisServer {
  /** `redis://127.0.0.1:PORT` */
  readonly url: string
  /** Kills it. Its data is lost unless it was told to `SAVE`. */
  stop(): Promise<void>
  /** Starts it again on the same port, after `stop`. */
  start(): Promise<void>
  /** Pauses it: connections stay open and new ones are accepted, without responses. */
  pause(): void
  resume(): void
}

export interface RedisServerOptions {
  readonly password?: string
}

/** For the options of a test that uses `redisUrl`. */
export function needsRedis(): { skip?: string } {
  return process.env.TEST_REDIS_URL ? {} : needs('redis-server')
}

/**
 * The URL of an empty Redis: that of TEST_REDIS_URL, with a database number that depends on this process, or a server that
 * is started for the test. Tests that stop or pause the server use `startRedis`.
 */
export async function redisUrl(t: Pick<Test, 'teardown'>): Promise<string> {
  if (!process.env.TEST_REDIS_URL) return (await startRedis(t)).url
  const url = new URL(process.env.TEST_REDIS_URL)
  url.pathname = `/${1 + (process.pid % 15)}` // 0 may hold other data
  const { createClient } = await import('redis')
  const client = createClient({ url: url.href })
  await client.connect()
  await client.flushDb()
  t.teardown(async () => {
    await client.flushDb()
    await client.close()
  })
  return url.href
}

/** Starts `redis-server` on a free port, in a temporary folder. Both are removed at the end of the test. */
export async function startRedis(t: Pick<Test, 'teardown'>, options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'course-app-redis-'))
  const port = await freePort()
  const server = new Server(port, folder, options.password)
  t.teardown(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  await server.start()
  return server
}

class Server implements RedisServer {
  readonly url: string
  readonly #arguments: readonly string[]
  readonly #folder: string
  #process: ChildProcess | undefined

  constructor(port: number, folder: string, password: string | undefined) {
    this.url = `redis://127.0.0.1:${port}`
    this.#folder = folder
    this.#arguments = [
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'],
      ...(password === undefined ? [] : ['--requirepass', password]),
    ]
  }

  async start(): Promise<void> {
    const program = findProgram('redis-server')
    if (program === undefined) throw new Error('redis-server is not installed')
    const started = spawn(program, this.#arguments, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = started
    let output = ''
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    await once(started, 'spawn')
    guard(started, this.#folder)
    await waitFor('redis-server to be ready', () => output.includes('Ready to accept connections'), {
      interval: 5,
      seen: () => output,
    })
  }

  async stop(): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const exited = once(running, 'exit')
    running.kill('SIGKILL') // reaches a paused one too
    await exited
  }

  pause(): void {
    this.#process?.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.kill('SIGCONT')
  }
}
