import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Subject } from './subjects.ts'

/** A subject's process, ready for requests. */
export interface RunningServer {
  readonly subject: Subject
  readonly pid: number
  /** Includes its upstream servers. */
  readonly pids: readonly number[]
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  /** `127.0.0.1:PORT`, the gRPC address of a course app. */
  readonly grpcAddress: string
  /** Sends SIGTERM, so that the server exports its buffered spans; SIGKILL after five seconds. */
  stop(): Promise<void>
  /** The end of stderr, for an error message. */
  stderrTail(): string
}

const startTimeoutMs = 60_000
const stopTimeoutMs = 5_000
const stderrCharacters = 2_000

export interface ServerOptions {
  readonly subject: Subject
  /** Working directory. */
  readonly folder: string
  /** Added to the subject's environment. */
  readonly env: Readonly<Record<string, string>>
  /** Options of `node`, before the subject's own arguments. */
  readonly nodeArgs: readonly string[]
  /** Kills the process. */
  readonly signal: AbortSignal
}

/**
 * Starts a subject in a separate process and waits until `/livez` answers 200. Its stdout goes to `/dev/null`.
 * Folder and environment are its own, so that a `.env` file or the caller's `OTEL_*` or `NODE_OPTIONS` has no effect.
 *
 * @throws when it does not start within a minute.
 */
export async function startServer({ subject, folder, env, nodeArgs, signal }: ServerOptions): Promise<RunningServer> {
  const [port, grpcPort] = [await freePort(), await freePort()]
  const ports = { PORT: String(port), GRPC_PORT: String(grpcPort) }
  const child = spawn(process.execPath, [...nodeArgs, ...subject.command], {
    cwd: folder,
    env: { ...inherited(), NODE_ENV: 'production', HOST: '127.0.0.1', ...ports, ...subject.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  })
  child.on('error', (error) => {
    if (error.name !== 'AbortError') throw error
  })
  const stderrTail = keepStderr(child)
  const pid = child.pid as number
  const server = {
    subject,
    pid,
    pids: [pid],
    origin: `http://127.0.0.1:${port}`,
    grpcAddress: `127.0.0.1:${grpcPort}`,
    stop: () => stop(child),
    stderrTail,
  }
  try {
    await waitUntilAlive(child, server)
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  return server
}

function inherited(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(kept) as Record<string, string>
}

/** Chosen in advance: with `PORT=0` the server would print its port on stdout, which is not read. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function keepStderr(child: ChildProcess): () => string {
  let kept = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-stderrCharacters)
  })
  return () => kept.trim()
}

async function waitUntilAlive(child: ChildProcess, server: RunningServer): Promise<void> {
  const deadline = Date.now() + startTimeoutMs
  while (!(await isAlive(server.origin))) {
    if (hasEnded(child)) throw new Error(`${server.subject.name} ended instead of starting.\n${server.stderrTail()}`)
    if (Date.now() > deadline) {
      throw new Error(`${server.subject.name} was not alive after ${startTimeoutMs / 1000} s.\n${server.stderrTail()}`)
    }
    await delay(50)
  }
}

async function isAlive(origin: string): Promise<boolean> {
  try {
    const answer = await fetch(`${origin}/livez`)
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false // Not listening yet; the caller retries until its deadline.
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timeout = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await ended
  clearTimeout(timeout)
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
