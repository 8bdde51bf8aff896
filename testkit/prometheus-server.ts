import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { freePort } from './free-port.ts'
import { guard } from './guard.ts'
import { findProgram } from './installed.ts'
import { GiveUp, waitFor } from './wait-for.ts'

type TestContext = Pick<Test, 'teardown'>

/** The result of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>
  /** Seconds since 1970, and the value as text. */
  readonly value: readonly [number, string]
}

/** A Prometheus server for one test. */
export class Prometheus {
  /** @param url `http://127.0.0.1:PORT` */
  constructor(readonly url: string) {}

  /**
   * Calls the HTTP API, https://prometheus.io/docs/prometheus/latest/querying/api/
   *
   * @param path below `/api/v1/`
   * @returns its `data`
   * @throws when the call fails, for example because the expression cannot be parsed.
   */
  async get<T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters)}`)
    const answer = (await response.json()) as { status: string; error?: string; data: T }
    if (answer.status !== 'success') throw new Error(`${path} ${JSON.stringify(parameters)}: ${answer.error}`)
    return answer.data
  }

  /** The current value of an expression that is an instant vector. */
  async query(expr: string): Promise<readonly Sample[]> {
    return (await this.get<{ result: Sample[] }>('query', { query: expr })).result
  }
}

/**
 * Starts `prometheus` with its data in a temporary folder and storage for exemplars, as in compose.yaml. It is stopped
 * at the end of the test.
 *
 * @param port its port on 127.0.0.1
 * @param files by their names, in its working directory; `prometheus.yml` is the configuration
 */
export async function startPrometheus(
  t: TestContext,
  port: number,
  files: Readonly<Record<string, string>>,
): Promise<Prometheus> {
  const url = `http://127.0.0.1:${port}`
  await startServer(t, 'prometheus', `${url}/-/ready`, files, [
    '--config.file=prometheus.yml',
    '--storage.tsdb.path=data',
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
  ])
  return new Prometheus(url)
}

/** Starts `prometheus-alertmanager`, alone, on a free port. @returns `127.0.0.1:PORT` */
export async function startAlertmanager(t: TestContext, configuration: string): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`
  await startServer(t, 'prometheus-alertmanager', `http://${address}/-/ready`, { 'alertmanager.yml': configuration }, [
    '--config.file=alertmanager.yml',
    '--storage.path=data',
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ])
  return address
}

async function startServer(
  t: TestContext,
  name: string,
  readyUrl: string,
  files: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<void> {
  const program = findProgram(name)
  if (program === undefined) throw new Error(`${name} is not installed`)
  const folder = await mkdtemp(join(tmpdir(), `course-app-${name}-`))
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)

  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await once(child, 'spawn')
  guard(child, folder)
  t.teardown(() => kill(child))
  await waitFor(`${name} to be ready`, () => isReady(child, readyUrl, () => output), {
    timeout: 60_000,
    seen: () => output,
  })
}

async function isReady(child: ChildProcess, url: string, output: () => string): Promise<boolean> {
  if (child.exitCode !== null) throw new GiveUp(`it has ended with code ${child.exitCode}\n${output()}`)
  return (await fetch(url)).status === 200
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL') // nothing of it is kept
  await exited
}
