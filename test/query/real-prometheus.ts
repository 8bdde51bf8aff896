import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { freePort } from '../../testkit/free-port.ts'
import { guard } from '../../testkit/guard.ts'
import { findProgram } from '../../testkit/installed.ts'
import { GiveUp, waitFor } from '../../testkit/wait-for.ts'

/** What the HTTP API answers, of Prometheus or of ours. */
export interface ApiAnswer {
  readonly status: 'success' | 'error'
  readonly error?: string
  readonly errorType?: string
  readonly data?: { readonly resultType: string; readonly result: unknown }
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
}

/**
 * A real Prometheus that answers from these samples alone: `promtool` makes blocks of them.
 *
 * @param text OpenMetrics with timestamps
 * @returns `http://127.0.0.1:PORT`
 */
export async function startPrometheusOver(t: Pick<Test, 'teardown'>, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'course-app-query-'))
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  await writeFile(join(folder, 'samples.om'), text)
  await writeFile(join(folder, 'prometheus.yml'), 'global: { evaluation_interval: 1m }\n')
  const blocks = spawnSync(
    findProgram('promtool') as string,
    ['tsdb', 'create-blocks-from', 'openmetrics', 'samples.om', 'data'],
    { cwd: folder, encoding: 'utf8' },
  )
  if (blocks.status !== 0) throw new Error(`promtool could not make blocks: ${blocks.stderr}`)

  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(
    findProgram('prometheus') as string,
    [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (line: string) => {
    output += line
  })
  await once(child, 'spawn')
  guard(child, folder)
  t.teardown(async () => {
    if (child.exitCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  })
  await waitFor(
    'Prometheus to be ready',
    async () => {
      if (child.exitCode !== null) throw new GiveUp(`it has ended with code ${child.exitCode}\n${output}`)
      return (await fetch(`${url}/-/ready`)).status === 200
    },
    { timeout: 60_000, seen: () => output },
  )
  return url
}

export async function ask(url: string, path: string, parameters: Readonly<Record<string, string>>): Promise<ApiAnswer> {
  const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(parameters) })
  return (await response.json()) as ApiAnswer
}
