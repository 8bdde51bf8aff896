import { Counter, collectDefaultMetrics, register } from 'prom-client'
import t from 'tap'
import { sendRaw } from '../../testkit/http.ts'
import { type RunningApp, startInProcess } from '../../testkit/in-process-app.ts'

/** An application's own metric, registered at module level before any app. */
const orders = new Counter({ name: 'orders_total', help: 'Orders.' })

const COURSE = '01943ad7-aa80-7001-8000-000000000000'

async function book({ url }: RunningApp): Promise<string> {
  const response = await fetch(`${url}/v1/bookings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ course_id: COURSE, user_id: 'u1' }),
  })
  t.equal(response.status, 201)
  return ((await response.json()) as { booking_id: string }).booking_id
}

for (const number of [3, 5]) {
  t.test(`phase ${number}: two apps in one process count each their own`, async (t) => {
    const a = await startInProcess(t, number)
    const b = await startInProcess(t, number)
    const requests = async (one: RunningApp) =>
      (await one.metrics()).total('http_server_request_count_total', { route: '/hello' })
    const seen = async (one: RunningApp) => {
      const metrics = await one.metrics()
      return {
        active: metrics.value('http_server_requests_active'),
        created: metrics.value('booking_status_total', { status: 'created' }),
        updates: metrics.total('db_client_operation_duration_seconds_count', { operation: 'UPDATE' }),
        waits: metrics.total('db_client_shared_statement_wait_duration_seconds_count'),
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
    const bookings = await Promise.all(Array.from({ length: 20 }, () => book(a)))
    const reserved = bookings.map((id) => a.app.inject({ method: 'POST', url: `/v1/bookings/${id}:reserve` }))
    for (const { statusCode } of await Promise.all(reserved)) t.equal(statusCode, 200)
    await (await fetch(`${a.url}/v1/courses/${COURSE}`)).text()
    const refused = async (one: RunningApp) =>
      (await one.metrics()).total('http_server_request_count_total', { method: '_OTHER' })
    await sendRaw('127.0.0.1', Number(new URL(a.url).port), 'NONSENSE\r\n\r\n')
    t.strictSame([await refused(a), await refused(b)], [1, 0], 'what is no request, too')
    t.equal(await requests(a), 3)
    t.equal(await requests(b), 1)
    const after = { a: await seen(a), b: await seen(b) }
    t.match(after.a, { active: 1, created: 20, orders: 1, pid: 1 })
    t.equal(after.a.waits - before.a.waits, 20)
    t.ok(after.a.updates - before.a.updates < 20, 'requests have shared statements')
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
      const counted = async (one: RunningApp) =>
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

t.test('a duplicate metric name is exported once and logged once', async (t) => {
  t.teardown(() => {
    for (const { name } of register.getMetricsAsArray()) if (name !== 'orders_total') register.removeSingleMetric(name)
  })
  collectDefaultMetrics()
  const { app, metrics } = await startInProcess(t, 3)
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
