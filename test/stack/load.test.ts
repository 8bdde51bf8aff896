import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { findProgram, needs } from '../../testkit/installed.ts'
import { root } from '../prometheus/shipped.ts'

const locustFile = join(root, 'docker/locust/locustfile.py')
const loadScript = fileURLToPath(new URL('../../load/main.js', import.meta.url))

interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(program: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr })
    })
  })
}

const load = (...args: string[]) => run(process.execPath, [loadScript, ...args])
/** Runs Locust headless; users finish what they have begun. @returns the lines of its CSV statistics, without the heading */
async function locust(t: Test, url: string, user: string): Promise<Finished & { stats: string[]; failures: string[] }> {
  const folder = t.testdir()
  const finished = await run(findProgram('locust') as string, [
    ...['-f', locustFile, '--headless', '--users', '5', '--spawn-rate', '5'],
    ...['--run-time', '3s', '--stop-timeout', '30', '--csv', join(folder, 'run')],
    ...['--host', url, user],
  ])
  const lines = (name: string) =>
    readFileSync(join(folder, `run_${name}.csv`), 'utf8')
      .trim()
      .split(/\r?\n/)
      .slice(1)
  return { ...finished, stats: lines('stats'), failures: lines('failures') }
}

/** Answers everything with an unexpected status. */
async function brokenServer(t: Test): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(500, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The rows of the table by first cell. */
function rowsOf(table: string): Record<string, { requests: number; failures: number }> {
  const rows = [...table.matchAll(/^\| (\S[^|]*?) +\| +(\d+) \| +(\d+) \|/gm)]
  return Object.fromEntries(rows.map(([, kind, ...n]) => [kind, { requests: Number(n[0]), failures: Number(n[1]) }]))
}

const COMPETING = [
  'GET /v1/courses',
  'POST /v1/bookings',
  'POST /v1/bookings/[id]:expire',
  'POST /v1/bookings/[id]:reserve',
]

t.test('the app under load', async (t) => {
  // Listens on all interfaces, as with --stack. The printed address must still be reachable.
  const app = await startApp(t, { env: { PHASE: '3', HOST: '0.0.0.0' } })
  t.match(app.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.match(app.grpc, /^127\.0\.0\.1:\d+$/)

  t.test('npm run load, general: several kinds of requests, and none fails', async (t) => {
    const { code, stdout, stderr } = await load('--users', '20', '--duration', '4s', '--url', `${app.url}/`)
    t.equal(stderr, '', 'no bar where there is no terminal')
    t.equal(code, 0, stdout)
    t.match(stdout, /^20 users, general, at http:\S+: \d+ requests in \d+\.\d s/)
    const { all, ...kinds } = rowsOf(stdout)
    t.ok(Object.keys(kinds).length >= 3, stdout)
    t.equal(all?.failures, 0)
    t.equal(
      all?.requests,
      Object.values(kinds).reduce((sum, { requests }) => sum + requests, 0),
    )
  })

  t.test('npm run load, competing: seats are won, lost and released', async (t) => {
    const { code, stdout } = await load('--scenario', 'competing', '--duration', '2s', '--url', app.url)
    t.equal(code, 0, stdout)
    const { all, ...kinds } = rowsOf(stdout)
    t.same(Object.keys(kinds), COMPETING)
    const counts = COMPETING.map((kind) => kinds[kind]?.requests as number)
    t.equal(counts[0], 1, 'one chooses for all')
    t.ok((counts[2] as number) <= (counts[3] as number), 'who got none gives none back')
    t.ok((all?.requests as number) > 10)
  })

  for (const user of ['GeneralUser', 'CompetingUser']) {
    t.test(`Locust, ${user}: no failures`, needs('locust'), async (t) => {
      const { code, stats, stderr } = await locust(t, app.url, user)
      t.equal(code, 0, stderr)
      t.ok(stats.length >= 2, stats.join('\n'))
      for (const line of stats) t.match(line, /^(\w*),([^,]+),[1-9]\d*,0,/, line)
    })
  }
})

t.test('an undocumented answer is a failure', async (t) => {
  const url = await brokenServer(t)
  const { code, stdout } = await load('--users', '2', '--duration', '1s', '--scenario', 'competing', '--url', url)
  t.equal(code, 1)
  t.match(stdout, /^1 × GET \/v1\/courses: 500 instead of 200$/m)
  t.test('for Locust too', needs('locust'), async (t) => {
    const { code, failures } = await locust(t, url, 'CompetingUser')
    t.equal(code, 1)
    t.match(failures[0], 'expected 200, got 500')
  })
})

t.test('invalid options get one line with the remedy', async (t) => {
  const cases = {
    '--users 0': '--users: "0" does not work. Set it to a number from 1 to 1000.',
    '--duration 5': '--duration: "5" does not work. Set it to a time such as 30s or 5m.',
    '--scenario x': '--scenario: "x" does not work. Set it to general or competing.',
    '--url foo': '--url: "foo" does not work. Set it to the address of the app, such as http://127.0.0.1:8080.',
    '--url http://127.0.0.1:1':
      '--url: nothing answers at http://127.0.0.1:1. Start the app (npm start), or set it to where it is.',
    '--bogus': "Arguments: Unknown option '--bogus'. Known are --users, --duration, --scenario, --url and --help.",
  }
  for (const [args, line] of Object.entries(cases))
    t.same(await load(...args.split(' ')), { code: 1, stdout: '', stderr: `${line}\n` }, args)
  t.match(await load('--help'), { code: 0, stdout: /^Usage: npm run load/ })
})
