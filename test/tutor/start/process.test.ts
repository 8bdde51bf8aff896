import t from 'tap'
import { quickStart, startApp } from '../../../testkit/app-process.ts'
import { isRunning } from '../../../testkit/is-running.ts'
import { parseLogLines } from '../../../testkit/log-file.ts'
import { waitFor } from '../../../testkit/wait-for.ts'
import { appOf, startParent, stateOf } from './start-process.ts'

/** Without what differs from run to run. */
const withoutPorts = (banner: string) => banner.replace(/:\d+/g, ':PORT').replace(/tail -f .*/g, 'tail -f FILE')

t.test('prints what the app prints by itself', async (t) => {
  const [app, alone] = [await startParent(t, { env: quickStart }), await startApp(t, { env: quickStart })]
  await waitFor('the banner', () => app.stderr().includes('Ctrl-C') && alone.stderr().includes('Ctrl-C'))
  t.equal(withoutPorts(app.stderr()), withoutPorts(alone.stderr()))
  for (const { message } of parseLogLines(app.stdout())) t.type(message, 'string', 'stdout holds log lines alone')
  t.equal((await stateOf(app.url)).learn, true)
  t.equal((await stateOf(alone.url)).learn, false, 'npm run phase:5 has no Learn')
})

t.test('passes signals on, and leaves nothing behind', async (t) => {
  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    const app = await startParent(t, { env: quickStart })
    const child = await appOf(app)
    t.match(await app.stop(signal), { code: 0, signal: null }, signal)
    t.notOk(isRunning(child))
    t.match(app.stdout(), `"signal":"${signal}"`, 'the app logs which')
  }
})

t.test('finishes requests in flight, and a second signal cuts them off', async (t) => {
  const app = await startParent(t, { env: quickStart })
  const slow = fetch(`${app.url}/slow?ms=10000`)
  slow.catch(() => {})
  await app.waitForLogLine('the app to be there', ({ message }) => message?.startsWith('server listening') === true)
  process.kill(app.pid, 'SIGINT')
  await waitFor('the app to shut down', () => app.stdout().includes('shutting down'))
  t.equal((await app.stop('SIGINT')).code, 1)
  await t.rejects(slow)
})

t.test('the app ends with its parent', async (t) => {
  const app = await startParent(t, { env: quickStart })
  const child = await appOf(app)
  await app.stop('SIGKILL')
  await waitFor('the app to end', () => !isRunning(child))
  t.notOk(isRunning(child))
})
