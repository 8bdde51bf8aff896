import t from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { freePort } from '../../testkit/free-port.ts'
import { trace } from './learner-commands.ts'

t.test('draws a request of the running server as a waterfall', async (t) => {
  const endpoint = `http://127.0.0.1:${await freePort()}/api/traces`
  const env = { OTEL_EXPORTER_JAEGER_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: '50' }
  const app = await startApp(t, { env: { ...env, PHASE: '4', EXTERNAL_TIMEOUT_MS: '10000' } })
  const settings = { ...env, PORT: new URL(app.url).port, LOG_FILE: app.logFile }

  const { code, stdout, stderr } = await trace(['/slow?ms=200'], settings)
  t.equal(code, 0, stdout + stderr)
  const bars = '█+ +\\d+\\.\\d ms'
  t.match(stdout, /^GET \/slow\?ms=200 answered 200, trace [0-9a-f]{32}\n\n/)
  t.match(stdout, new RegExp(`^GET /slow +course-app +${bars}$`, 'm'))
  t.match(stdout, new RegExp(`^ {2}database_query +course-app +${bars}$`, 'm'))
  t.match(stdout, new RegExp(`^ {2}external_api_call +course-app +${bars}$`, 'm'))
  const startOf = (name: string) => (new RegExp(`^.*${name}.*$`, 'm').exec(stdout)?.[0] ?? '').indexOf('█')
  t.ok(startOf('external_api_call') > startOf('database_query'), 'what begins later is further to the right')

  const failed = await trace(['/error?status=503', '--details'], settings)
  t.match(failed.stdout, /^GET \/error +course-app +█+ +\d+\.\d ms !$/m)
  t.match(failed.stdout, /^ {2}http\.response\.status_code = 503$/m)
  t.match(failed.stdout, /^ {2}event exception\n/m)
  t.match(failed.stdout, /^ {4}exception\.message = .*on purpose/m)
})

t.test('explains a missing server, path or span', async (t) => {
  const none = await trace(['/hello'], { PORT: String(await freePort()) })
  t.equal(none.code, 2)
  t.match(none.stderr, /No server answers at/)
  t.match((await trace([], {})).stderr, /^Usage: npm run trace/)

  const app = await startApp(t, { env: { PHASE: '3' } })
  const early = await trace(['/hello'], { PORT: new URL(app.url).port, LOG_FILE: app.logFile })
  t.equal(early.code, 2)
  t.match(early.stderr, /runs phase 3, which makes no spans\. .*npm run phase:4/)
})
