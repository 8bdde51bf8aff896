import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { partnerScript, startApp } from '../support/app-process.ts'
import { parseLogLines } from '../support/log-file.ts'

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

t.test('the file is rotated by size, and no line is lost, torn or doubled', async (t) => {
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
