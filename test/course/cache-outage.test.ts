import t, { type Test } from 'tap'
import { type AppProcess, runApp, startApp } from '../../testkit/app-process.ts'
import { httpClient } from '../../testkit/http.ts'
import { needs } from '../../testkit/installed.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { startRedis } from '../../testkit/redis-server.ts'
import { scrape } from '../../testkit/scrape.ts'
import { spanNamed } from '../../testkit/span-tree.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const UNAVAILABLE = 'Redis cannot be used; reads go to the database until it is back'
const BACK = 'Redis can be used again'

t.jobs = 2

t.test('the service on Redis', { buffered: true, ...needs('redis-server') }, async (t) => {
  const redis = await startRedis(t)
  const collector = await startOtlpReceiver(t)
  const app = await startApp(t, {
    env: {
      PHASE: '5',
      LOG_LEVEL: 'debug',
      REDIS_URL: redis.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
  })
  const http = httpClient(t)
  const course = await someCourse(app)

  await t.test('hits and misses are in metrics, logs and spans', async (t) => {
    for (const outcome of ['miss', 'hit']) {
      const traceId = crypto.randomUUID().replaceAll('-', '')
      await http.getJson(course, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
      const trace = await collector.waitForTrace(traceId, { spans: outcome === 'hit' ? 2 : 4 })
      const span = spanNamed('EVALSHA getOrLease', trace)
      t.equal(span.kind, 'client')
      t.match(span.attributes, {
        'db.system.name': 'redis',
        'db.operation.name': 'EVALSHA',
        'db.stored_procedure.name': 'getOrLease',
        'course_app.cache.operation': 'GET',
        'course_app.cache.outcome': outcome,
      })
      const isCommand = (line: { trace_id?: string; operation?: unknown; entity?: unknown }) =>
        line.trace_id === traceId && line.operation === 'GET' && line.entity === 'course'
      t.match(await app.waitForLogLine('the cache command', isCommand), { level: 'debug', outcome })
    }
    const metrics = await scrape(`${app.url}/metrics`)
    t.equal(metrics.value('cache_requests_total', { operation: 'GET', result: 'miss' }), 1)
    t.equal(metrics.value('cache_requests_total', { operation: 'GET', result: 'hit' }), 1)
    t.match(await http.getJson(`${app.url}/readyz`), { status: 200, body: { checks: { cache: 'ok' } } })
  })

  await t.test('no read fails while Redis dies, hangs and recovers', async (t) => {
    const load = startLoad(t, course)
    await redis.stop()
    await waitForCount(app, UNAVAILABLE, 1)
    const notReady = { status: 503, body: { checks: { database: 'ok', cache: 'failed' } } }
    t.match(await http.getJson(`${app.url}/readyz`), notReady)
    await load.goesOn()
    await redis.start()
    await waitForCount(app, BACK, 1)
    await load.goesOn()
    redis.pause()
    await waitForCount(app, UNAVAILABLE, 2)
    t.match(await http.getJson(`${app.url}/readyz`), notReady)
    await load.goesOn()
    redis.resume()
    await waitForCount(app, BACK, 2)
    await load.goesOn()
    t.same(await load.stop(), [], 'no other answer than 200')
    t.equal((await http.getJson(`${app.url}/readyz`)).status, 200)
    await waitForCount(app, UNAVAILABLE, 2)

    const metrics = await scrape(`${app.url}/metrics`)
    t.ok(metrics.total('cache_requests_total', { result: 'error' }) > 0)
    const commands = metrics.total('cache_operation_duration_seconds_count')
    const inTime = metrics.total('cache_operation_duration_seconds_bucket', { le: '0.05' })
    // Only a pause of the whole process could explain more.
    const stall = metrics.value('nodejs_eventloop_lag_max_seconds') ?? 0
    t.ok(inTime === commands || stall > 0.025, `${commands - inTime} of ${commands} commands took more than 50 ms`)
  })

  await t.test('a write is seen by the next read, with and without Redis', async (t) => {
    const rename = async (name: string) => {
      const { status } = await http.sendJson(course, { method: 'PATCH', json: { name } })
      t.equal(status, 200)
      t.match((await http.getJson(course)).body, { name })
    }
    await rename('Redis is there')
    await redis.stop()
    await rename('Redis is down')
    await redis.start()
    await waitForCount(app, BACK, 3)
    t.match((await http.getJson(course)).body, { name: 'Redis is down' })
    await rename('Redis is back')
  })

  await t.test('a hanging Redis does not delay shutdown', async (t) => {
    redis.pause()
    t.match(await app.stop(), { code: 0 })
    redis.resume()
  })
})

t.test('the service starts without Redis', { buffered: true, ...needs('redis-server') }, async (t) => {
  const redis = await startRedis(t)
  await redis.stop()
  const app = await startApp(t, { env: { PHASE: '3', REDIS_URL: redis.url } })
  t.match(await app.waitForLogLine('the warning', ({ message }) => message === UNAVAILABLE), {
    level: 'warn',
    reason: /REFUSED/,
  })
  const course = await someCourse(app)
  t.equal((await fetch(course)).status, 200)
  await redis.start()
  await waitForCount(app, BACK, 1)
  await waitFor('a hit', async () => {
    t.equal((await fetch(course)).status, 200)
    return (await scrape(`${app.url}/metrics`)).total('cache_requests_total', { result: 'hit' }) > 0
  })
  await waitForCount(app, UNAVAILABLE, 1)
})

t.test('the service with a wrong password', { buffered: true, ...needs('redis-server') }, async (t) => {
  const redis = await startRedis(t, { password: 'right' })
  const app = await startApp(t, { env: { PHASE: '2', REDIS_URL: redis.url, REDIS_PASSWORD: 'not-this-one' } })
  const course = await someCourse(app)
  for (let n = 0; n < 20; n++) t.equal((await fetch(course)).status, 200)
  t.equal((await fetch(`${app.url}/readyz`)).status, 503)
  const warning = await app.waitForLogLine('the warning', ({ message }) => message === UNAVAILABLE)
  t.match(warning, { level: 'warn', reason: /refuses the password: check REDIS_PASSWORD/ })
  t.equal(warning.request_id, undefined)
  await waitForCount(app, UNAVAILABLE, 1)
  t.notMatch(JSON.stringify(await app.logLines()), /not-this-one/)
})

t.test('an invalid Redis URL ends the start', { buffered: true }, async (t) => {
  const run = await runApp(t, { env: { PHASE: '0', REDIS_URL: 'redis://localhost/one' } })
  t.match(run, { code: 1, stderr: /^REDIS_URL: is not the URL of a Redis server\. Set REDIS_URL to .*\n$/ })
})

async function someCourse({ url }: AppProcess): Promise<string> {
  const { courses } = (await (await fetch(`${url}/v1/courses`)).json()) as { courses: { course_id: string }[] }
  return `${url}/v1/courses/${courses[0]?.course_id}`
}

/** Waits until the log has exactly `count` lines with this message. */
async function waitForCount(app: AppProcess, message: string, count: number): Promise<void> {
  const lines = await waitFor(`"${message}", ${count} times`, async () => {
    const found = (await app.logLines()).filter((line) => line.message === message)
    return found.length >= count && found
  })
  if (lines.length > count) throw new Error(`"${message}" ${lines.length} times instead of ${count}`)
}

/** Four clients, each of which reads repeatedly until the test ends. */
function startLoad(t: Test, url: string) {
  const http = httpClient(t)
  const wrong: unknown[] = []
  let reads = 0
  let isOver = false
  const client = async () => {
    while (!isOver) {
      const answer = await http.send(url).catch((error: Error) => ({ status: error.message, text: '' }))
      if (answer.status !== 200) wrong.push(answer)
      reads++
    }
  }
  const clients = Promise.all([1, 2, 3, 4].map(client))
  const stop = async () => {
    isOver = true
    await clients
    return wrong
  }
  t.teardown(stop)
  /** Resolves after twenty more reads. */
  const goesOn = async () => {
    const target = reads + 20
    await waitFor('twenty more reads', () => reads >= target, { interval: 5 })
  }
  return { stop, goesOn }
}
