import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type AppProcess, startApp } from '../testkit/app-process.ts'
import { httpClient } from '../testkit/http.ts'
import { isRunning } from '../testkit/is-running.ts'
import { parseLogLines } from '../testkit/log-file.ts'
import { waitFor } from '../testkit/wait-for.ts'
import { childrenOf } from './partner/child-processes.ts'

const MAX_MEMORY_MB = 450

/** Waits until the app's partner, which starts in parallel, answers. */
async function partnerOf(app: AppProcess): Promise<number> {
  const response = await fetch(`${app.url}/propagation`)
  if (response.status !== 200) throw new Error(await response.text())
  const [pid] = await childrenOf(app.pid)
  if (pid === undefined) throw new Error('the app has started no process')
  return pid
}

/** Peak memory of the process. Only Linux reports it. */
async function peakMemoryMb(app: AppProcess): Promise<number> {
  const status = await readFile(`/proc/${app.pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
}

async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'course-app-main-'))
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

t.test('restarts on the same data', async (t) => {
  const env = { DATABASE_URL: undefined, DATA_DIR: join(await temporaryFolder(t), 'data') }
  const { getJson, postJson } = httpClient(t)
  const paths: string[] = []

  async function createCourse(app: AppProcess, slug: string): Promise<void> {
    const { status, headers } = await postJson(`${app.url}/v1/courses`, { slug, name: slug })
    t.equal(status, 201)
    paths.push(String(headers.location))
  }
  async function hasAllCourses(app: AppProcess): Promise<void> {
    for (const path of paths) t.equal((await getJson(app.url + path)).status, 200, path)
  }

  await t.test('first start with defaults', async (t) => {
    const app = await startApp(t, { env })
    if (process.platform === 'linux') {
      const peak = await peakMemoryMb(app)
      t.ok(peak < MAX_MEMORY_MB, `${Math.round(peak)} MB`)
    }

    t.match(app.stderr(), /^ +Phase 5: Unified observability$/m)
    for (const path of ['', '/swagger', '/hello', "/slow?ms=500'", '/v1/courses', '/metrics'])
      t.match(app.stderr(), `${app.url}${path}\n`, 'the banner names it')
    t.match(app.stderr(), app.logFile)
    t.notMatch(app.stderr(), /warn|deprecat/i)

    t.match((await getJson(`${app.url}/readyz`)).body, { status: 'ready', checks: { database: 'ok', cache: 'ok' } })
    await createCourse(app, 'first-life')

    const partner = await partnerOf(app)
    t.equal((await app.stop('SIGKILL')).signal, 'SIGKILL')
    await waitFor('the partner to end with the app', () => !isRunning(partner))
    for (const { message } of parseLogLines(app.stdout())) t.type(message, 'string', 'stdout holds log lines alone')
  })

  await t.test('kill -9 loses no data', async (t) => {
    const app = await startApp(t, { env: { ...env, PHASE: '2', EXTERNAL_TIMEOUT_MS: '10000' } })
    await hasAllCourses(app)
    await createCourse(app, 'second-life')

    const partner = await partnerOf(app)
    process.kill(partner, 'SIGKILL')
    await waitFor('the partner to be gone', () => !isRunning(partner))
    const successor = await waitFor('another one', () => partnerOf(app))
    t.not(successor, partner)
    t.equal((await getJson(`${app.url}/external`)).status, 200)

    const { code, ms } = await app.stop('SIGTERM')
    t.equal(code, 0)
    t.ok(ms < 2000, `${ms} ms, though a client and the partner keep their connections`)
    t.notOk(isRunning(successor))
  })

  await t.test('shutdown loses no data', async (t) => {
    const asked: (string | undefined)[] = []
    const api = createServer(({ url }) => asked.push(url)).listen(0, '127.0.0.1')
    t.teardown(() => {
      api.closeAllConnections()
      api.close()
    })
    await once(api, 'listening')
    const EXTERNAL_API_URL = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
    const app = await startApp(t, { env: { ...env, PHASE: '0', EXTERNAL_API_URL, EXTERNAL_TIMEOUT_MS: '500' } })
    await hasAllCourses(app)
    t.match(app.stderr(), /^ +Phase 0: The bare server$/m)
    t.notMatch(app.stderr(), /\/metrics|Logs/, 'the banner promises nothing that phase 0 lacks')
    t.equal((await getJson(`${app.url}/metrics`)).status, 404)
    // A new app may need the whole timeout to connect.
    await waitFor('EXTERNAL_API_URL to be called in the partner’s place', async () => {
      t.match(await getJson(`${app.url}/external`), { status: 504, body: { detail: /within 500 ms/ } })
      return asked.length > 0
    })
    t.strictSame(new Set(asked), new Set(['/status/200']))
    t.equal(app.stdout(), '')
    t.equal((await app.stop('SIGINT')).code, 0)
  })
})
