import { spawnSync } from 'node:child_process'
import t from 'tap'
import { partnerScript, startApp } from '../../testkit/app-process.ts'
import { needs } from '../../testkit/installed.ts'
import { OPENMETRICS, scrape } from '../../testkit/scrape.ts'
import { waitFor } from '../../testkit/wait-for.ts'

t.test('phase 3', async (t) => {
  const app = await startApp(t, { env: { PHASE: '3' } })
  const metrics = `${app.url}/metrics`
  const post = async (path: string, body?: object) => {
    const response = await fetch(app.url + path, {
      method: 'POST',
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    })
    return { status: response.status, body: (await response.json()) as Record<string, string> }
  }

  t.test('requests are counted and timed by method, route and status', async (t) => {
    for (const path of ['/hello', '/hello', '/error?status=500', '/slow?ms=30']) await fetch(app.url + path)
    const seen = await scrape(metrics)
    const labels = { method: 'GET', route: '/hello', status: '200' }
    t.equal(seen.value('http_server_request_count_total', labels), 2)
    t.equal(seen.value('http_server_request_duration_seconds_count', labels), 2)
    t.equal(seen.value('http_server_request_count_total', { route: '/error', status: '500' }), 1)
    const slow = { route: '/slow' }
    t.ok((seen.value('http_server_request_duration_seconds_sum', slow) as number) >= 0.03)
    t.equal(seen.value('http_server_request_duration_seconds_bucket', { ...slow, le: '0.025' }), 0)
    t.equal(seen.families.get('http_server_request_count_total')?.type, 'counter')
    t.equal(seen.families.get('http_server_request_duration_seconds')?.type, 'histogram')
    t.equal(seen.families.get('http_server_requests_active')?.type, 'gauge')
  })

  t.test('unknown paths share one series, ids create none', async (t) => {
    const seriesNow = async () => (await scrape(metrics)).samples('http_server_request_count_total').length
    await fetch(`${app.url}/nope`)
    await fetch(`${app.url}/v1/courses/${crypto.randomUUID()}`)
    const before = await seriesNow()
    for (let i = 0; i < 30; i++) {
      await fetch(`${app.url}/nope/${crypto.randomUUID()}`)
      await fetch(`${app.url}/v1/courses/${crypto.randomUUID()}`)
    }
    t.equal(await seriesNow(), before)
    const seen = await scrape(metrics)
    t.equal(seen.value('http_server_request_count_total', { route: 'unmatched', status: '404' }), 31)
    t.equal(seen.value('http_server_request_count_total', { route: '/v1/courses/:course_id', status: '404' }), 31)
  })

  t.test('active requests rise and fall, also when the client disconnects', async (t) => {
    // Includes the scrape itself.
    const active = async () => ((await scrape(metrics)).value('http_server_requests_active') as number) - 1
    const given = new AbortController()
    const requests = Array.from({ length: 3 }, () => fetch(`${app.url}/slow?ms=10000`, { signal: given.signal }))
    await waitFor('three active requests', async () => (await active()) === 3)
    given.abort()
    await Promise.allSettled(requests)
    await waitFor('none', async () => (await active()) <= 0)
    t.equal(await active(), 0)
  })

  t.test('the database, the cache and the business are measured', async (t) => {
    const { courses } = (await (await fetch(`${app.url}/v1/courses`)).json()) as { courses: { course_id: string }[] }
    const course_id = courses[0]?.course_id
    const start = await scrape(metrics)
    const booked = await post('/v1/bookings', {
      course_id,
      user_id: 'u1',
      customer: { name: 'A', email: 'a@b.example' },
    })
    t.equal(booked.status, 201)
    const booking = booked.body.booking_id
    t.equal((await post(`/v1/bookings/${booking}:reserve`)).status, 200)
    const held = await scrape(metrics)
    const rose = (name: string, labels: Record<string, string> = {}) =>
      held.total(name, labels) - start.total(name, labels)

    t.equal(rose('booking_status_total', { status: 'created' }), 1)
    t.equal(rose('booking_status_total', { status: 'reserved' }), 1)
    t.equal(rose('booking_reserved_current'), 1)
    t.equal(rose('booking_potential_sales_amount', { currency: booked.body.currency as string }), booked.body.price)
    t.equal(
      rose('db_client_operation_duration_seconds_count', { operation: 'UPDATE', table: 'bookings', outcome: 'ok' }),
      1,
    )
    t.equal(held.value('booking_status_total', { status: 'failed' }), 0, 'a series is there before its first event')

    t.equal((await post(`/v1/bookings/${booking}:complete`)).status, 200)
    t.equal((await scrape(metrics)).total('booking_reserved_current'), start.total('booking_reserved_current'))

    for (let i = 0; i < 2; i++) await fetch(`${app.url}/v1/courses/${course_id}`)
    const cached = await scrape(metrics)
    t.ok(cached.total('cache_requests_total', { operation: 'GET', result: 'miss' }) >= 1)
    t.ok(cached.total('cache_requests_total', { operation: 'GET', result: 'hit' }) >= 1)
    t.ok(cached.total('cache_operation_duration_seconds_count', { operation: 'GET' }) >= 2)
  })

  t.test('both formats have the same series, in any order of scrapes', async (t) => {
    const first = await scrape(metrics)
    const open = await scrape(metrics, OPENMETRICS)
    const again = await scrape(metrics)
    // nodejs_active_requests has a series per kind of libuv request in flight at the moment of the scrape.
    const names = (seen: typeof first) =>
      new Set(
        [...seen.families.values()]
          .flatMap((family) => family.samples.map(({ name }) => name))
          .filter((name) => name !== 'nodejs_active_requests'),
      )
    t.strictSame(names(again), names(first))
    t.strictSame(names(open), names(first))
    for (const name of [
      'process_cpu_user_seconds_total',
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
    ]) {
      t.ok(names(first).has(name), name)
    }
  })

  t.test('the Accept header and its weights choose the format', async (t) => {
    const prometheus =
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2'
    const chosen = {
      [prometheus]: 'application/openmetrics-text',
      'APPLICATION/OpenMetrics-Text; version=1.0.0': 'application/openmetrics-text',
      'application/*': 'application/openmetrics-text',
      'application/openmetrics-text;q=0, */*': 'text/plain',
      'application/openmetrics-text;q=0.1,text/plain;q=0.9': 'text/plain',
      'application/json': 'text/plain',
      '*/*': 'text/plain',
    }
    for (const [accept, type] of Object.entries(chosen)) {
      const response = await fetch(metrics, { headers: { accept } })
      t.equal(response.headers.get('content-type')?.split(';')[0], type, accept)
      t.equal((await response.text()).endsWith('# EOF\n'), type !== 'text/plain', accept)
    }
  })

  t.test('promtool accepts the metrics', needs('promtool'), async (t) => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await (await fetch(metrics)).text(),
      encoding: 'utf8',
    })
    t.same([status, stdout, stderr], [0, '', ''])
  })

  t.test('the request log of phase 2 is still written', async (t) => {
    const line = await app.waitForLogLine('a request', ({ message }) => message === 'request completed')
    t.match(line, { request_id: String, route: String, status: Number })
  })
})

t.test('before phase 3 there is no /metrics', async (t) => {
  const app = await startApp(t, { script: partnerScript, env: { PHASE: '2' } })
  t.equal((await fetch(`${app.url}/metrics`)).status, 404)
})
