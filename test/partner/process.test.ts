import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { fastify } from 'fastify'
import t, { type Test } from 'tap'
import { partnerProcess } from '../../src/partner/process.ts'
import { isRunning } from '../../testkit/is-running.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { bareConfig } from '../platform/local-server.ts'
import { childrenOf } from './child-processes.ts'

async function appWithPartner(t: Test, config = bareConfig()) {
  const app = fastify()
  app.register(partnerProcess, { config })
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  return app
}

async function onlyChild(): Promise<number> {
  const [pid, ...more] = await childrenOf(process.pid)
  if (pid === undefined || more.length > 0) throw new Error(`not one child but ${more.length}`)
  return pid
}

async function answers(url: string): Promise<boolean> {
  return (await fetch(`${url}/livez`, { headers: { connection: 'close' } })).ok
}

t.test('the partner process', async (t) => {
  const app = await appWithPartner(t)
  const [url, same] = await Promise.all([app.partner.url(), app.partner.url()])
  t.equal(url, same)
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.ok(await answers(url))
  const pid = await onlyChild()

  t.test('is replaced once at the next call after it was killed', async (t) => {
    process.kill(pid, 'SIGKILL')
    await waitFor('it to be missed', async () => (await app.partner.url()) !== url)
    const replacements = await Promise.all([app.partner.url(), app.partner.url()])
    t.equal(replacements[0], replacements[1])
    t.ok(await answers(replacements[0]))
    t.not(await onlyChild(), pid)
  })

  t.test('ends with the app', async (t) => {
    const last = await onlyChild()
    await app.close()
    t.notOk(isRunning(last))
    t.strictSame(await childrenOf(process.pid), [])
  })
})

t.test('is not started when PARTNER_URL is set', async (t) => {
  const app = await appWithPartner(t, bareConfig({ PARTNER_URL: 'http://partner:8080/' }))
  t.equal(await app.partner.url(), 'http://partner:8080')
  t.strictSame(await childrenOf(process.pid), [])
})

t.test('an app that closes while the partner is starting leaves no process behind', async (t) => {
  const app = await appWithPartner(t)
  const pid = await onlyChild()
  await app.close()
  t.notOk(isRunning(pid))
})

t.test('a failed start is an error for the caller, and the next call tries again', async (t) => {
  const config = { ...bareConfig(), PHASE: 9 }
  const app = await appWithPartner(t, config)
  await t.rejects(app.partner.url(), { message: 'the partner process ended with code 1 before it was ready' })
  config.PHASE = 0
  t.ok(await answers(await app.partner.url()))
})

t.test('the partner ends when its app dies, however early', async (t) => {
  const script = fileURLToPath(new URL('../../src/partner/main.js', import.meta.url))
  const env = { ...process.env, PHASE: '0', PORT: '0', LOG_FILE: '' }
  for (const early of [true, false]) {
    const child = fork(script, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    t.teardown(() => child.kill('SIGKILL'))
    let complaints = ''
    child.stderr?.on('data', (text) => {
      complaints += text
    })
    if (!early) await once(child, 'message')
    const exited = once(child, 'exit')
    child.disconnect()
    const [code, signal] = await exited
    t.strictSame({ code, signal }, early ? { code: null, signal: 'SIGTERM' } : { code: 0, signal: null })
    t.equal(complaints, '')
  }
})
