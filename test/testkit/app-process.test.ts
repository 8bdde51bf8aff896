import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { type AppOptions, runApp, startApp } from '../../testkit/app-process.ts'
import { isRunning } from '../../testkit/is-running.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const script = fileURLToPath(new URL('fake-app.js', import.meta.url))

function fake(FAKE: string, options: AppOptions = {}): AppOptions {
  return { script, ...options, env: { FAKE, ...options.env } }
}

/** Stands in for a test, so that its end can be observed. */
class FakeTest {
  readonly #teardowns: (() => unknown)[] = []

  teardown(handler: () => unknown): void {
    this.#teardowns.unshift(handler)
  }

  async end(): Promise<string[]> {
    const problems: string[] = []
    for (const handler of this.#teardowns) {
      await Promise.resolve(handler()).catch((error: Error) => problems.push(error.message))
    }
    return problems
  }
}

t.jobs = 4

t.test('starts the app, gives access to it, and cleans up', { buffered: true }, async (t) => {
  const inner = new FakeTest()
  const app = await startApp(inner, fake('well'))
  t.match(app.url, /^http:\/\/127\.0\.0\.1:\d{2,}$/)
  t.equal((await fetch(`${app.url}/livez`)).status, 200)
  t.match(app.stdout(), /partner at/)
  t.match(app.stderr(), /spans go to/)
  t.match(await app.logLines(), [{ message: 'started', pid: app.pid }], 'an unfinished line is left out')
  t.match(await app.waitForLogLine('started', (line) => line.message === 'started'), { level: 'info' })
  t.ok(app.startedInMs > 0 && app.startedInMs < 30_000)

  t.strictSame(await inner.end(), [])
  t.notOk(isRunning(app.pid))
  t.notOk(existsSync(app.folder))
  t.match(app.stdout(), /bye/, 'the last output is kept')
})

t.test('reports how the app ended', { buffered: true }, async (t) => {
  const app = await startApp(t, fake('well'))
  const exit = await app.stop()
  t.match(exit, { code: 0, signal: null })
  t.ok(exit.ms > 0 && exit.ms < 5000)
  t.match(await app.stop(), { code: 0 }, 'stopping twice does no harm')

  const killed = await startApp(t, fake('well'))
  t.match(await killed.stop('SIGKILL'), { code: null, signal: 'SIGKILL' })
})

t.test('gives the app a clean environment', { buffered: true }, async (t) => {
  process.env.OTEL_SERVICE_NAME = 'inherited'
  t.teardown(() => delete process.env.OTEL_SERVICE_NAME)
  const app = await startApp(t, fake('well', { env: { PHASE: '3', DATA_DIR: undefined } }))
  const env = (await (await fetch(`${app.url}/env`)).json()) as Record<string, string>
  const inherited = Object.keys(env).filter((name) => process.env[name] !== undefined)
  t.strictSame(inherited.filter((name) => name !== 'NODE_OPTIONS' && !name.startsWith('_TAPJS')).sort(), [
    'HOME',
    'PATH',
  ])
  t.match(env, { PHASE: '3', PORT: '0', GRPC_PORT: '0', HOST: '127.0.0.1', DATABASE_URL: 'memory:' })
  t.notOk('DATA_DIR' in env)
  t.equal(env.cwd, app.folder)
})

t.test('fails at once, with the output, when the app ends before it is ready', { buffered: true }, async (t) => {
  const began = performance.now()
  await t.rejects(startApp(t, fake('broken')), /ended before it was ready \(code 1[\s\S]*PORT: "abc" does not work/)
  t.ok(performance.now() - began < 15_000, 'long before it would have to be ready')
})

t.test('fails with the output when the app does not become ready', { buffered: true }, async (t) => {
  await t.rejects(startApp(t, fake('sick', { timeout: 3000 })), /waited 3000 ms for the app[\s\S]*spans go to/)
})

t.test('kills an app that does not stop, and reports it', { buffered: true }, async (t) => {
  const inner = new FakeTest()
  const app = await startApp(inner, fake('stubborn', { stopTimeout: 300 }))
  t.match(await inner.end(), [/still ran 300 ms after SIGTERM and was killed/])
  t.notOk(isRunning(app.pid))
})

t.test('the test fails when the app has crashed or ends badly', { buffered: true }, async (t) => {
  const crashed = new FakeTest()
  const app = await startApp(crashed, fake('well'))
  await t.rejects(fetch(`${app.url}/crash`))
  t.match(await crashed.end(), [/ended with code 3/])

  const sore = new FakeTest()
  await startApp(sore, fake('sore'))
  t.match(await sore.end(), [/ended with code 7/])
})

t.test('the test fails when the app leaves a process behind', { buffered: true }, async (t) => {
  const inner = new FakeTest()
  await startApp(inner, fake('parent', { stopTimeout: 2000 }))
  t.match(await inner.end(), [/the app has ended, but left a process behind/])
})

t.test('nothing is left when the test process is killed', { buffered: true }, async (t) => {
  const source = `
    import { startApp } from '${new URL('../../testkit/app-process.js', import.meta.url)}'
    const app = await startApp({ teardown() {} }, { script: '${script}', env: { FAKE: 'stubborn' } })
    process.stdout.write(app.pid + ' ' + app.folder, () => process.kill(process.pid, 'SIGKILL'))`
  const [pid, folder] = await new Promise<string[]>((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', source], (_error, stdout) => resolve(stdout.split(' ')))
  })
  t.ok(Number(pid) > 0)
  await waitFor('the app to be gone', () => !isRunning(Number(pid)))
  await waitFor('its folder to be gone', () => !existsSync(String(folder)))
})

t.test('runs an app that ends by itself', { buffered: true }, async (t) => {
  const run = await runApp(t, fake('broken'))
  t.match(run, { code: 1, signal: null, stdout: '', stderr: /^PORT: .*\n$/ })
  await t.rejects(runApp(t, fake('well', { timeout: 1000 })), /still ran 1000 ms after its start and was killed/)
})
