import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { partnerScript, startApp } from '../../testkit/app-process.ts'
import { parseLogLines } from '../../testkit/log-file.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const smallServer = fileURLToPath(new URL('../platform/small-server.js', import.meta.url))

t.test('phase 1', async (t) => {
  const app = await startApp(t, { env: { PHASE: '1', LOG_LEVEL: 'debug' } })

  t.test('steps are logged at debug, one JSON line each', async (t) => {
    t.equal((await fetch(`${app.url}/slow?ms=10`)).status, 200)
    const step = await app.waitForLogLine('a step', ({ step }) => step === 'database_query')
    t.match(step, { level: 'debug', service: 'course-app', message: 'step completed', latency: Number })
    t.equal(new Date(step.time).toISOString(), step.time, 'time is RFC 3339 in UTC')
    t.ok(await app.waitForLogLine('the other step', ({ step }) => step === 'external_api_call'))
  })

  t.test('a 5xx is logged with its stack, a 4xx is not an error', async (t) => {
    await fetch(`${app.url}/error?status=404`)
    await fetch(`${app.url}/error?status=500`)
    const line = await app.waitForLogLine('the error', ({ level }) => level === 'error')
    t.match(line.err, { type: 'HttpError', message: 'this endpoint fails on purpose, with status 500' })
    t.match((line.err as { stack: string }).stack, /error\.[jt]s:\d+/)
    t.equal((await app.logLines()).filter(({ level }) => level === 'error').length, 1)
  })

  t.test('the console and the file have the same lines', async (t) => {
    await app.stop()
    const onConsole = parseLogLines(app.stdout()).filter(({ service }) => service === 'course-app')
    t.strictSame(onConsole, await app.logLines())
  })
})

t.test('LOG_LEVEL hides what is below it, and LOG_FILE= writes no file', async (t) => {
  const app = await startApp(t, { script: smallServer, env: { PHASE: '1', LOG_LEVEL: 'error', LOG_FILE: '' } })
  await fetch(`${app.url}/slow?ms=1`)
  await fetch(`${app.url}/error`)
  await app.stop()
  t.strictSame(
    parseLogLines(app.stdout()).map(({ level }) => level),
    ['error'],
  )
  t.strictSame(
    (await readdir(app.folder)).filter((name) => name.endsWith('.log')),
    [],
  )
})

t.test('the file is rotated by size, and no line is lost, split or duplicated', async (t) => {
  const app = await startApp(t, {
    script: partnerScript,
    env: { PHASE: '2', LOG_FILE_MAX_BYTES: '20000', LOG_FILE_COUNT: '50' },
  })
  const ids = Array.from({ length: 600 }, (_, i) => `request-${i}`)
  for (let i = 0; i < ids.length; i += 50) {
    const group = ids.slice(i, i + 50)
    await Promise.all(group.map((id) => fetch(`${app.url}/hop`, { headers: { 'x-request-id': id } })))
  }
  await app.stop()

  const folder = join(app.logFile, '..')
  const files = (await readdir(folder)).filter((name) => name.startsWith('app.log'))
  t.ok(files.length > 3, `${files.length} files`)
  const lines = (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).flatMap(parseLogLines)
  const logged = lines.filter(({ path }) => path === '/hop').map(({ request_id }) => request_id)
  t.strictSame(logged.toSorted(), ids.toSorted())
})

t.test('there are never more files than LOG_FILE_COUNT', async (t) => {
  const app = await startApp(t, {
    script: partnerScript,
    env: { PHASE: '2', LOG_FILE_MAX_BYTES: '1024', LOG_FILE_COUNT: '3' },
  })
  for (let i = 0; i < 40; i++) await fetch(`${app.url}/hop`)
  await app.stop()
  const files = (await readdir(join(app.logFile, '..'))).filter((name) => name.startsWith('app.log'))
  t.strictSame(files.toSorted(), ['app.log', 'app.log.1', 'app.log.2'])
})

t.test('a file that cannot be rotated stays in use, and no line reaches a socket', async (t) => {
  const cases: Record<string, (folder: string) => Promise<string>> = {
    'its folder is renamed': async (folder) => {
      await rename(join(folder, 'logs'), join(folder, 'moved'))
      return join(folder, 'moved', 'app.log')
    },
    'a folder has the next name': async (folder) => {
      await mkdir(join(folder, 'logs', 'app.log.1', 'full'), { recursive: true })
      return join(folder, 'logs', 'app.log')
    },
  }
  for (const [what, change] of Object.entries(cases)) {
    const home = await mkdtemp(join(tmpdir(), 'course-app-log-'))
    t.teardown(() => rm(home, { recursive: true, force: true }))
    const LOG_FILE = join(home, 'logs', 'app.log')
    const env = { PHASE: '2', LOG_FILE, LOG_FILE_MAX_BYTES: '5000', LOG_FILE_COUNT: '2' }
    const app = await startApp(t, { script: partnerScript, env })
    await app.waitForLogLine('the server to listen', ({ message }) => /listening/.test(String(message)))
    const file = await change(home)

    const idle = await Promise.all(Array.from({ length: 20 }, () => connection(t, app.url)))
    const ids = Array.from({ length: 200 }, (_, i) => `${what.replaceAll(' ', '-')}-${i}`)
    for (const id of ids) {
      const { status } = await fetch(`${app.url}/hop`, { headers: { 'x-request-id': id, connection: 'close' } })
      t.equal(status, 200, id)
    }
    await app.stop()

    t.same(
      idle.map(({ received }) => received()),
      idle.map(() => ''),
      `${what}: the connections received nothing`,
    )
    const logged = parseLogLines(await readFile(file, 'utf8')).flatMap(({ request_id = [] }) => request_id)
    t.same(
      ids.filter((id) => !logged.includes(id)),
      [],
      'no line is lost',
    )
    const warnings = app.stderr().match(/LogWarning: .*/g) ?? []
    t.equal(warnings.length, 1, `one warning: ${warnings}`)
    t.match(warnings[0], /app\.log cannot be rotated and grows on: /)
  }
})

t.test('a removed file is created again', async (t) => {
  const app = await startApp(t, { script: partnerScript, env: { PHASE: '2' } })
  await app.waitForLogLine('the server to listen', ({ message }) => /listening/.test(String(message)))
  await rm(app.logFile)
  const isThere = await waitFor('a line in the new file', async () => {
    await fetch(`${app.url}/hop`)
    return existsSync(app.logFile) && (await app.logLines()).length > 0
  })
  t.ok(isThere)
})

/** An idle connection and the bytes it received. */
async function connection(t: Test, url: string) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  t.teardown(() => socket.destroy())
  let text = ''
  socket.setEncoding('utf8').on('data', (data: string) => {
    text += data
  })
  socket.on('error', () => {}) // the server may end the connection when it stops
  await once(socket, 'connect')
  return { received: () => text }
}
