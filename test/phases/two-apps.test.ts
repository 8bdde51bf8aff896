import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, type NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, register } from 'prom-client'
import t, { type Test } from 'tap'
import { tracerProvider } from '../../phases/4-tracing/tracer-provider.ts'
import { buildApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { loadPhase, type PhasePlugin } from '../../src/phase.ts'
import { parseMetrics } from '../support/openmetrics.ts'

/** An application's own metric, made before any app as module-level code does. */
const orders = new Counter({ name: 'orders_total', help: 'Orders.' })

const COURSE = '01943ad7-aa80-7001-8000-000000000000'

interface Running {
  readonly app: FastifyInstance
  readonly url: string
  metrics(path?: string): Promise<ReturnType<typeof parseMetrics>>
  /** Names of the spans that were sent since the last time, sorted. */
  spans(): Promise<string[]>
}

/** The whole service in this process, on a port of its own. */
async function start(t: Test, number: number, settings: object = {}): Promise<Running> {
  const config = loadConfig(['--phase', String(number), '--database-url', 'memory:', '--log-level', 'silent'])
  const phase = await loadPhase(number)
  const exporter = new InMemorySpanExporter()
  const plugins = phase.plugins.map((entry): PhasePlugin => {
    const [plugin, options] = typeof entry === 'function' ? [entry, {}] : entry
    return plugin === tracerProvider ? [plugin, { ...options, createExporter: () => exporter }] : entry
  })
  // Neither a busy machine nor the sweeper, whose work is heard by both, has a part in what is counted.
  const quiet = { LOG_FILE: '', LAB: 'off', MAX_EVENT_LOOP_DELAY_MS: 0, SWEEP_INTERVAL_MS: 0 } as const
  const app = buildApp({ ...config, ...settings, ...quiet }, { ...phase, plugins })
  t.teardown(() => app.close())
  return {
    app,
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    metrics: async (path = '/metrics') => parseMetrics((await app.inject(path)).body, 'prometheus'),
    async spans() {
      await (app.tracerProvider as NodeTracerProvider).forceFlush()
      const names = exporter.getFinishedSpans().map(({ name }) => name)
      exporter.reset()
      return names.sort()
    },
  }
}

async function book({ url }: Running): Promise<void> {
  const response = await fetch(`${url}/v1/bookings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ course_id: COURSE, user_id: 'u1' }),
  })
  await response.text()
  t.equal(response.status, 201)
}

for (const number of [3, 5]) {
  t.test(`phase ${number}: two apps in one process count each their own`, async (t) => {
    const a = await start(t, number)
    const b = await start(t, number)
    const requests = async (one: Running) =>
      (await one.metrics()).total('http_server_request_count_total', { route: '/hello' })
    const seen = async (one: Running) => {
      const metrics = await one.metrics()
      return {
        active: metrics.value('http_server_requests_active'),
        created: metrics.value('booking_status_total', { status: 'created' }),
        inserts: metrics.total('db_client_operation_duration_seconds_count', { operation: 'INSERT' }),
        reads: metrics.total('cache_requests_total', { operation: 'GET' }),
        orders: metrics.value('orders_total'),
        pid: metrics.samples('process_cpu_seconds_total').length,
      }
    }
    const before = { a: await seen(a), b: await seen(b) }
    t.strictSame(before.a.orders, 0, "the application's own metric is there")

    orders.inc()
    t.teardown(() => orders.reset())
    for (const one of [a, a, b]) await one.app.inject('/hello')
    await (await fetch(`${a.url}/hello`)).text()
    await book(a)
    await (await fetch(`${a.url}/v1/courses/${COURSE}`)).text()
    t.equal(await requests(a), 3)
    t.equal(await requests(b), 1)
    const after = { a: await seen(a), b: await seen(b) }
    t.match(after.a, { active: 1, created: 1, orders: 1, pid: 1 })
    t.ok(after.a.inserts > before.a.inserts)
    t.ok(after.a.reads > before.a.reads)
    t.strictSame(after.b, { ...before.b, orders: 1 }, 'the other app has done nothing')
    t.strictSame(
      register.getMetricsAsArray().map(({ name }) => name),
      ['orders_total'],
      'the global registry belongs to the application',
    )
    if (number === 5) {
      const labels = { http_route: '/hello' }
      const counted = async (one: Running) =>
        (await one.metrics('/metrics/otel')).total('http_server_request_duration_count', labels)
      t.strictSame([await counted(a), await counted(b)], [3, 1])
    }

    await a.app.close()
    await book(b)
    await b.app.inject('/hello')
    t.equal(await requests(b), 2, 'the end of one is not the end of the other')
    t.match(await seen(b), { active: 1, created: 1, orders: 1, pid: 1 })
  })
}

t.test('phase 5: two apps in one process trace each their own', async (t) => {
  const other = createServer((_request, response) => response.end('{}'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  const EXTERNAL_API_URL = `http://127.0.0.1:${port}`
  const a = await start(t, 5, { EXTERNAL_API_URL })
  const b = await start(t, 5, { EXTERNAL_API_URL })
  const all = async (one: Running) => {
    for (const path of ['/slow?ms=1', '/external']) await (await fetch(one.url + path)).text()
  }
  const expected = ['GET', 'GET', 'GET /external', 'GET /slow', 'database_query', 'external_api_call']
  const calls = async (one: Running) =>
    (await one.metrics('/metrics/otel')).total('http_client_request_duration_count', { server_port: String(port) })

  await all(a)
  t.strictSame([await a.spans(), await b.spans()], [expected, []])
  await all(b)
  t.strictSame([await a.spans(), await b.spans()], [[], expected])
  t.strictSame([await calls(a), await calls(b)], [2, 2])

  await a.app.close()
  await all(b)
  t.strictSame(await b.spans(), expected, 'the end of one is not the end of the other')
  t.equal(await calls(b), 4)
  trace.getTracer('a library').startSpan('work').end()
  t.strictSame(await b.spans(), ['work'], "the API's global provider is now the other one")

  await b.app.close()
  const c = await start(t, 5, { EXTERNAL_API_URL })
  await all(c)
  t.strictSame(await c.spans(), expected, 'and so it is for one that starts later')
})

t.test('names that are taken are shown once, and told of once', async (t) => {
  t.teardown(() => {
    for (const { name } of register.getMetricsAsArray()) if (name !== 'orders_total') register.removeSingleMetric(name)
  })
  collectDefaultMetrics()
  const { app, metrics } = await start(t, 3)
  const warnings: object[] = []
  app.log.warn = ((fields: object, message: string) => {
    if (message === 'metrics have the name of another one and are not shown') warnings.push(fields)
  }) as typeof app.log.warn
  t.equal((await metrics()).samples('process_cpu_seconds_total').length, 1, "the application's own are enough")
  t.strictSame(warnings, [])

  new Counter({ name: 'http_server_request_count_total', help: 'The same name.' }).inc(1000)
  for (let i = 0; i < 2; i++) t.ok((await metrics()).total('http_server_request_count_total') < 1000)
  t.strictSame(warnings, [{ metrics: ['http_server_request_count_total'] }])
})
