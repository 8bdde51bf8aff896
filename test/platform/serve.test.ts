import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { type AppProcess, runApp, startApp } from '../../testkit/app-process.ts'
import { parseLogLines } from '../../testkit/log-file.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const script = fileURLToPath(new URL('small-server.js', import.meta.url))
const start = (t: Test) => startApp(t, { script, env: { PHASE: '2', LOG_LEVEL: 'debug' } })

/** Sends a request and resolves when the server has begun to handle it, with a promise of the answer. */
async function inFlight(t: Test, app: AppProcess, path: string, agent?: Agent) {
  const id = crypto.randomUUID()
  const outcome = new Promise<IncomingMessage | Error>((resolve) => {
    const request = get(app.url + path, { headers: { 'x-request-id': id }, agent }, resolve).on('error', resolve)
    t.teardown(() => request.destroy())
  })
  await app.waitForLogLine('the request has begun', ({ request_id }) => request_id === id)
  return { outcome }
}

t.jobs = 3

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`${signal}: finishes requests in flight, accepts no more, exits 0`, { buffered: true }, async (t) => {
    const app = await start(t)
    const agent = new Agent({ keepAlive: true })
    t.teardown(() => agent.destroy())
    const slow = await inFlight(t, app, '/slow?ms=2000', agent)
    const asked = performance.now()
    const stopped = app.stop(signal)
    await app.waitForLogLine('it shuts down', ({ message }) => message === 'shutting down')
    const refused = () =>
      fetch(`${app.url}/livez`).then(
        () => false,
        () => true,
      )
    await waitFor('new connections to be refused', refused)
    const response = await slow.outcome
    if (response instanceof Error) throw response
    t.equal(response.statusCode, 200)
    t.equal(await text(response), '{"message":"slow operation completed","duration_ms":2000}')
    const answered = performance.now() - asked
    const { code, ms } = await stopped
    t.equal(code, 0)
    t.ok(ms - answered < 2000, `${ms - answered} ms after its answer, though the client still keeps its connection`)
    t.match((await app.logLines()).at(-1), { message: 'request completed', status: 200 }, 'it is logged')
    t.strictSame(parseLogLines(app.stdout()), await app.logLines(), 'stdout has JSON lines and nothing else')
  })
}

t.test('a second signal ends it at once', { buffered: true }, async (t) => {
  const app = await start(t)
  const { outcome } = await inFlight(t, app, '/slow?ms=10000')
  const asked = performance.now()
  const stopped = app.stop('SIGINT')
  await app.waitForLogLine('it shuts down', ({ message }) => message === 'shutting down')
  const askedAgain = performance.now() - asked
  process.kill(app.pid, 'SIGINT')
  const { code, ms } = await stopped
  t.equal(code, 1)
  t.ok(ms - askedAgain < 2000, `${ms - askedAgain} ms`)
  t.match(await outcome, { code: 'ECONNRESET' }, 'the request is broken off')
  t.match((await app.logLines()).at(-1), { level: 'warn', message: /^a second signal: / })
})

t.test('an uncaught error is logged with its stack, and ends the process with 1', async (t) => {
  const ended = await runApp(t, { script, env: { PHASE: '1', FAIL: 'later' } })
  t.equal(ended.code, 1)
  const fatal = parseLogLines(ended.stdout).find(({ level }) => level === 'fatal')
  t.match(fatal, {
    message: 'the process cannot go on',
    err: { message: 'this was not caught', stack: /small-server/ },
  })
})

t.test('an uncaught value that is not an Error is logged', async (t) => {
  const ended = await runApp(t, { script, env: { PHASE: '1', FAIL: 'without an error' } })
  t.equal(ended.code, 1)
  const fatal = parseLogLines(ended.stdout).find(({ level }) => level === 'fatal')
  t.match(fatal, { message: 'the process cannot go on', err: { message: /undefined.* was thrown/, stack: String } })
})

t.test('phase 0 has no log, so the stack is on stderr', async (t) => {
  const { code, stderr } = await runApp(t, { script, env: { PHASE: '0', FAIL: 'later' } })
  t.equal(code, 1)
  t.match(stderr, /^the process cannot go on: Error: this was not caught\n +at .*small-server/m)
})

t.test('an error during shutdown is logged with its stack, and requests in flight finish', async (t) => {
  const app = await startApp(t, { script, env: { PHASE: '2', LOG_LEVEL: 'debug', FAIL: 'while closing' } })
  const { outcome } = await inFlight(t, app, '/slow?ms=1000')
  const { code } = await app.stop()
  t.equal(code, 1)
  t.match(await outcome, { statusCode: 200 })
  const lines = await app.logLines()
  t.match(
    lines.find(({ level }) => level === 'fatal'),
    { message: 'an error while the process ends', err: { message: 'this was not caught', stack: /small-server/ } },
  )
  t.match(lines.at(-1), { message: 'request completed', status: 200 })

  const bare = await startApp(t, { script, env: { PHASE: '0', FAIL: 'while closing' } })
  t.equal((await bare.stop()).code, 1)
  t.match(bare.stderr(), /^an error while the process ends: Error: this was not caught\n +at .*small-server/m)
})

t.test('a plugin that fails to close is logged with its stack', async (t) => {
  const app = await startApp(t, { script, env: { PHASE: '1', FAIL: 'to close' } })
  t.equal((await app.stop()).code, 1)
  const fatal = (await app.logLines()).find(({ level }) => level === 'fatal')
  t.match(fatal, { message: 'the server could not be closed', err: { message: 'this cannot be closed' } })
})

t.test('a server started by npm ends when the shell between them dies', async (t) => {
  const shell = spawn('sh', ['-c', `"${process.execPath}" "${script}"; exit $?`], {
    env: { ...process.env, npm_lifecycle_event: 'start', PHASE: '1', PORT: '0', LOG_FILE: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a separate process group, for the teardown
  })
  const closed = once(shell, 'close') // when the server has ended too
  let output = ''
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (text) => (output += text))
  t.teardown(async () => {
    try {
      process.kill(-(shell.pid as number), 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
    await closed
  })
  await waitFor('its address', () => /^http:.*$/m.test(output))
  shell.kill('SIGTERM')
  await waitFor('the server to end', () => shell.stdout.closed && shell.stderr.closed)
  t.match(output, '"signal":"SIGTERM","message":"shutting down"')
})

t.test('a start that fails for other reasons than configuration shows the stack', async (t) => {
  const { code, stdout, stderr } = await runApp(t, { script, env: { PHASE: '0', FAIL: 'at start' } })
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(stderr, /^Error: this plugin is broken\n +at .*small-server/)
})

t.test('a signal during a slow start ends it at once', async (t) => {
  const { code, signal, ms } = await runApp(t, { script, env: { PHASE: '1', FAIL: 'to start' } })
  t.match({ code, signal }, { code: 0, signal: null })
  t.ok(ms < 10_000, `${ms} ms after its start`)
})
