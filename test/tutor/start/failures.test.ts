import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { quickStart, runApp } from '../../../testkit/app-process.ts'
import { isRunning } from '../../../testkit/is-running.ts'
import { waitFor } from '../../../testkit/wait-for.ts'
import { childrenOf } from '../../partner/child-processes.ts'
import { appOf, askFor, startParent, startScript } from './start-process.ts'

t.test('a crash of the app ends the parent in the same way', async (t) => {
  const app = await startParent(t, { env: quickStart })
  process.kill(await appOf(app), 'SIGKILL')
  await waitFor('the parent to end', () => !isRunning(app.pid))
  t.match(await app.stop(), { code: null, signal: 'SIGKILL' })
})

t.test('a signal during a restart ends both', async (t) => {
  const app = await startParent(t, { env: quickStart })
  const child = await appOf(app)
  t.equal((await askFor(app, 1)).status, 202)
  t.equal((await app.stop('SIGTERM')).code, 0)
  t.notOk(isRunning(child))
  t.same(await childrenOf(app.pid), [])
})

t.test('an app that does not start is reported as it is without a parent', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const PORT = String((taken.address() as AddressInfo).port)
  for (const options of [{ env: { PHASE: 'nine' } }, { env: { ...quickStart, PORT } }, { args: ['--fase', '3'] }]) {
    const runs = [runApp(t, { ...options, script: startScript }), runApp(t, options)] as const
    const [parent, alone] = await Promise.all(runs)
    t.equal(parent.stderr, alone.stderr)
    t.same([parent.code, parent.signal], [1, null])
    t.same([alone.code, alone.signal], [1, null])
  }
})

t.test('without the page there is no parent', async (t) => {
  const app = await startParent(t, { env: { ...quickStart, PARTNER_URL: 'http://127.0.0.1:1', LAB: 'off' } })
  t.same(await childrenOf(app.pid), [])
  t.equal((await askFor(app, 1)).status, 404)
})
