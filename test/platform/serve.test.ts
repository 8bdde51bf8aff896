import { Agent, get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { type AppProcess, runApp, startApp } from '../support/app-process.ts'
import { parseLogLines } from '../support/log-file.ts'
import { waitFor } from '../support/wait-for.ts'

const script = fileURLToPath(new URL('small-server.js', import.meta.url))
const start = (t: Test) => startApp(t, { script, env: { PHASE: '2', LOG_LEVEL: 'debug' } })

/** Sends a request and resolves, with what will be its answer or its error, when the server has begun to work on it. */
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
  t.test(`${signal}: finishes the requests in flight, takes no more, exits 0`, { buffered: true }, async (t) => {
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

t.test('a second signal does not wait', { buffered: true }, async (t) => {
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
})

t.test('an error that nobody caught is logged with its stack, and ends the process with 1', async (t) => {
  const ended = await runApp(t, { script, env: { PHASE: '1', FAIL: 'later' } })
  t.equal(ended.code, 1)
  const fatal = parseLogLines(ended.stdout).find(({ level }) => level === 'fatal')
  t.match(fatal, {
    message: 'the process cannot go on',
    err: { message: 'this was not caught', stack: /small-server/ },
  })
})

t.test('a start that fails for no reason of configuration shows where', async (t) => {
  const { code, stdout, stderr } = await runApp(t, { script, env: { PHASE: '0', FAIL: 'at start' } })
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(stderr, /^Error: this plugin is broken\n +at .*small-server/)
})

t.test('a signal during a start that takes its time ends it at once', async (t) => {
  const { code, signal, ms } = await runApp(t, { script, env: { PHASE: '1', FAIL: 'to start' } })
  t.match({ code, signal }, { code: 0, signal: null })
  t.ok(ms < 10_000, `${ms} ms after its start`)
})
