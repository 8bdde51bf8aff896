import { randomUUID } from 'node:crypto'
import type { Claim, RunningServer } from '../claim.ts'

const COUNT = 'http_server_request_count_total'
const DURATION = 'http_server_request_duration_seconds'

/** The claims of lesson 3, verified by `npm run check -- 3`. */
const claims: readonly Claim[] = [
  {
    title: 'GET /metrics is in Prometheus’ text format, with the metrics of the process',
    expected: 'text that parses, and process_cpu_seconds_total, nodejs_eventloop_lag_p99_seconds among it',
    hint: 'metrics-endpoint.ts writes it; process-metrics.ts adds those of the process.',
    async check(server) {
      const { families } = await server.scrape()
      const missing = ['process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds'].filter((n) => !families.has(n))
      return { ok: missing.length === 0, seen: `${families.size} metrics, without ${missing.join(' and ')}` }
    },
  },
  {
    title: 'A counter counts each request by method, route and status',
    expected: `${COUNT} one higher for /hello with 200, and one higher for /error with 500`,
    hint: 'http-metrics.ts counts when a request is over.',
    async check(server) {
      const rises = await riseDuring(server, async () => {
        await server.request('/hello')
        await server.request('/error?status=500')
      })
      const hello = rises(COUNT, { method: 'GET', route: '/hello', status: '200' })
      const error = rises(COUNT, { method: 'GET', route: '/error', status: '500' })
      return { ok: hello === 1 && error === 1, seen: { hello, error } }
    },
  },
  {
    title: 'A histogram puts each request into the buckets that it fits, in seconds',
    expected:
      'a request of 60 ms in the bucket of 0.1 s and all larger ones, not in that of 0.05 s, and 0.06 s in the sum',
    hint: '`latency / 1000` in http-metrics.ts: latencies are milliseconds, Prometheus wants seconds.',
    async check(server) {
      const rises = await riseDuring(server, () => server.request('/slow?ms=60'))
      const labels = { route: '/slow', status: '200' }
      const seen = {
        upTo50ms: rises(`${DURATION}_bucket`, { ...labels, le: '0.05' }),
        upTo5s: rises(`${DURATION}_bucket`, { ...labels, le: '5' }),
        count: rises(`${DURATION}_count`, labels),
        sum: rises(`${DURATION}_sum`, labels),
      }
      const { upTo50ms, upTo5s, count, sum } = seen
      return { ok: upTo50ms === 0 && upTo5s === 1 && count === 1 && sum >= 0.058 && sum < 5, seen }
    },
  },
  {
    title: 'A gauge goes up while requests are being served, and down again',
    expected: 'http_server_requests_active two higher during two slow requests, and back after them',
    hint: 'http-metrics.ts: `inc` when a request comes, `dec` when it is over, however it ends.',
    async check(server) {
      const active = async () => (await server.scrape()).value('http_server_requests_active') ?? Number.NaN
      const before = await active()
      const requests = [server.request('/slow?ms=1000'), server.request('/slow?ms=1000')]
      const rose = await server.eventually(async () => (await active()) === before + 2)
      await Promise.all(requests)
      const fell = await server.eventually(async () => (await active()) === before)
      return { ok: rose && fell, seen: { before, rose, after: await active() } }
    },
  },
  {
    title: 'Ids and unknown paths make no new series',
    expected: `twenty requests with new ids and twenty to new paths add no series to ${COUNT}`,
    hint: '`route` is the template of the path, see phases/1-logging/request-end.ts; a raw path would be a series each.',
    async check(server) {
      const sendTo = async (times: number) => {
        for (let i = 0; i < times; i++) {
          await server.request(`/v1/courses/${randomUUID()}`)
          await server.request(`/check/${randomUUID()}`)
        }
      }
      const series = async () => (await server.scrape()).samples(COUNT).length
      await sendTo(1)
      const before = await series()
      await sendTo(20)
      const after = await series()
      return { ok: before > 0 && after === before, seen: `${before} series before, ${after} after` }
    },
  },
  {
    title: 'SQL statements are timed by operation and table',
    expected: 'db_client_operation_duration_seconds_count higher for SELECT on courses',
    hint: 'storage-metrics.ts listens to `channels.query`.',
    async check(server) {
      const rises = await riseDuring(server, () => server.request('/v1/courses?page_size=1'))
      const labels = { operation: 'SELECT', table: 'courses', outcome: 'ok' }
      const count = rises('db_client_operation_duration_seconds_count', labels)
      return { ok: count >= 1, seen: `${count} more` }
    },
  },
  {
    title: 'The cache counts hits and misses',
    expected: 'at least one hit more after the same course was asked for twice',
    hint: 'storage-metrics.ts listens to `channels.cache`.',
    async check(server) {
      const path = `/v1/courses/${await anyCourse(server)}`
      const rises = await riseDuring(server, async () => {
        await server.request(path)
        await server.request(path)
      })
      const [hits, misses] = ['hit', 'miss'].map((result) =>
        rises('cache_requests_total', { operation: 'GET', result }),
      )
      return { ok: Number(hits) >= 1 && Number(hits) + Number(misses) === 2, seen: { hits, misses } }
    },
  },
  {
    title: 'The business is measured: bookings by status, and seats that are held',
    expected:
      'booking_status_total one higher for created and for reserved, booking_reserved_current one higher meanwhile',
    hint: 'booking-metrics.ts counts what has happened; booking-gauges.ts asks the database how it is.',
    async check(server) {
      const json = { course_id: await anyCourse(server), user_id: 'check' }
      const { status, body, text } = await server.request('/v1/bookings', { method: 'POST', json })
      if (status !== 201) return { ok: false, seen: `POST /v1/bookings: ${status} ${text}` }
      const before = await server.scrape()
      await server.request(`/v1/bookings/${body.booking_id}:reserve`, { method: 'POST' })
      const held = await server.scrape()
      await server.request(`/v1/bookings/${body.booking_id}:expire`, { method: 'POST' })
      const rose = (name: string, labels = {}) => held.total(name, labels) - before.total(name, labels)
      const seen = {
        created: held.total('booking_status_total', { status: 'created' }),
        reserved: rose('booking_status_total', { status: 'reserved' }),
        held: rose('booking_reserved_current'),
      }
      return { ok: seen.created >= 1 && seen.reserved === 1 && seen.held === 1, seen }
    },
  },
  {
    title: 'Whoever asks for OpenMetrics gets it',
    expected: 'the content type application/openmetrics-text, and # EOF as the last line',
    hint: 'metrics-endpoint.ts looks at the Accept header.',
    async check(server) {
      const { headers, text } = await server.request('/metrics', {
        headers: { accept: 'application/openmetrics-text' },
      })
      const type = headers.get('content-type') ?? ''
      const ok = type.startsWith('application/openmetrics-text') && text.endsWith('# EOF\n')
      return { ok, seen: { type, end: text.slice(-40) } }
    },
  },
]

export default claims

/** Measures by how much metrics rise during `work`. */
async function riseDuring(server: RunningServer, work: () => Promise<unknown>) {
  const before = await server.scrape()
  await work()
  const after = await server.scrape()
  return (name: string, labels: Record<string, string>) => after.total(name, labels) - before.total(name, labels)
}

/** The id of a course with a free seat. */
async function anyCourse(server: RunningServer): Promise<string> {
  const { body, text } = await server.request('/v1/courses?page_size=100&include=batches')
  const courses = body?.courses as { course_id: string; batches: { available_seats: number }[] }[] | undefined
  const course = courses?.find(({ batches }) => batches.some(({ available_seats }) => available_seats > 0))
  if (course === undefined) throw new Error(`no course has a free seat: ${text.slice(0, 300)}`)
  return course.course_id
}
