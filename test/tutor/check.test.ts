import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { freePort } from '../../testkit/free-port.ts'
import { startOtlpHttpReceiver } from '../../testkit/otlp-http-receiver.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { check } from './learner-commands.ts'

t.test('without a server: names the command that starts one', async (t) => {
  const { code, stderr } = await check(['3'], { PORT: String(await freePort()) })
  t.equal(code, 2)
  t.match(
    stderr,
    /No server answers at http:\/\/127\.0\.0\.1:\d+\. Set PORT .*\.\nStart the server .*npm run phase:3\n/,
  )
})

t.test('another server answers: reports it', async (t) => {
  const other = createServer((_request, response) => response.end('<h1>It works!</h1>')).listen(0, '127.0.0.1')
  t.teardown(() => other.close().closeAllConnections())
  await once(other, 'listening')
  const { code, stderr } = await check(['3'], { PORT: String((other.address() as AddressInfo).port) })
  t.equal(code, 2)
  t.match(stderr, /What answers at \S+ is not this app/)
})

t.test('unknown lesson: lists the lessons', async (t) => {
  const { code, stderr } = await check(['8'])
  t.equal(code, 2)
  t.match(stderr, /There is no lesson "8": they are 1 to \d\./)
  t.match((await check(['--help'])).stdout, /npm run check -- 3/)
})

t.test('the server in the other terminal', async (t) => {
  const collector = await startOtlpReceiver(t)
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '50' }
  const app = await startApp(t, { env: { ...env, PHASE: '5' } })
  const settings = { ...env, PORT: new URL(app.url).port, LOG_FILE: app.logFile }

  t.test('in another phase: names the running phase and the remedy', async (t) => {
    const { code, stderr } = await check(['3'], settings)
    t.equal(code, 2)
    t.match(stderr, /looks like phase 5: it serves \/metrics\/otel\.\n.*npm run phase:3\n.*npm run check -- 5/)
  })

  t.test('the span endpoint is in use, and not by Jaeger: names the remedy', async (t) => {
    const query = `http://127.0.0.1:${await freePort()}`
    const { code, stderr } = await check(['5'], { ...settings, JAEGER_QUERY_URL: query })
    t.equal(code, 2)
    t.match(stderr, /Something listens on port \d+ already.*no Jaeger can be asked for them at http.*Stop it/)
  })

  t.test('receives its spans, also after an outage', async (t) => {
    await collector.stop()
    const { code, stdout, stderr } = await check(['5'], settings)
    t.equal(code, 0, stdout + stderr)
    t.match(stdout, /^Phase 5 at http/m)
    t.match(stdout, /^All \d+ claims hold\.$/m)
  })

  t.test('receives its spans over HTTP', async (t) => {
    const collector = await startOtlpHttpReceiver(t)
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    }
    const app = await startApp(t, { env: { ...env, PHASE: '5' } })
    await collector.stop()
    const settings = { ...env, PORT: new URL(app.url).port, LOG_FILE: app.logFile }
    const { code, stdout, stderr } = await check(['5'], settings)
    t.equal(code, 0, stdout + stderr)
    t.match(stdout, /^All \d+ claims hold\.$/m)
  })
})
