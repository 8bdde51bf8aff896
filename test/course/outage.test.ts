import postgres from 'postgres'
import t, { type Test } from 'tap'
import type { Booking } from '../../src/course/booking.ts'
import type { Course } from '../../src/course/course.ts'
import { type AppProcess, startApp } from '../../testkit/app-process.ts'
import { type HttpClient, httpClient } from '../../testkit/http.ts'
import { needs } from '../../testkit/installed.ts'
import { type PostgresServer, startPostgres } from '../../testkit/postgres-server.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { brokenBatches } from './broken-batches.ts'
import { batch } from './course-app.ts'

const servers = needs('postgres', 'initdb')

t.test('a PostgreSQL server that becomes unavailable', servers, async (t) => {
  const server = await startPostgres(t)
  const app = await startOn(t, server, { DATABASE_STATEMENT_TIMEOUT_MS: '1000' })
  const client = httpClient(t)

  t.test('a stopped server: 503 at once, other routes work, recovery within 5 s', async (t) => {
    await server.stop('fast')
    await mustBeUnavailable(t, client, app, 1000)
    await server.start()
    await mustRecover(t, client, app)
  })

  t.test('that crashes under load: every request gets 503 without delay', async (t) => {
    const stop = new AbortController()
    const statuses = new Set<number>()
    let slowest = 0
    const asking = Array.from({ length: 20 }, async () => {
      while (!stop.signal.aborted) {
        const { status, ms } = await timed(() => client.send(`${app.url}/v1/bookings`))
        statuses.add(status)
        slowest = Math.max(slowest, ms)
      }
    })
    await waitFor('an answer', () => statuses.has(200))
    await server.stop('immediate')
    await waitFor('a failure', () => statuses.has(503))
    await server.start()
    await mustRecover(t, client, app)
    stop.abort()
    await Promise.all(asking)
    t.same([...statuses].sort(), [200, 503])
    t.ok(slowest < 1000, `the slowest answer took ${slowest} ms`)
  })

  t.test('a hanging server: no request waits much longer than the statement timeout', async (t) => {
    server.pause()
    await mustBeUnavailable(t, client, app, 2300)
    await mustBeUnavailable(t, client, app, 1300)
    server.resume()
    await mustRecover(t, client, app)
  })

  t.test('are logged with the cause and without the password', async (t) => {
    const line = await app.waitForLogLine('the cause', ({ level, err }) => {
      return level === 'error' && /ECONNREFUSED/.test(JSON.stringify(err))
    })
    t.match(line, { request_id: String, err: { type: 'DomainError', message: /cannot be reached just now/ } })
  })
})

t.test('no acknowledged write is lost when processes die under load', servers, async (t) => {
  const server = await startPostgres(t, { durable: true })
  const apps = await Promise.all([startOn(t, server), startOn(t, server)])
  const [first] = apps
  const client = httpClient(t)
  const sql = postgres(server.url, { max: 1, onclose: () => undefined, onnotice: () => undefined })
  t.teardown(() => sql.end())
  const { course_id } = await newCourse(client, first)

  const stop = new AbortController()
  const acknowledged: Acknowledged[] = []
  const strange: unknown[] = []
  const workers = Array.from({ length: 8 }, async (_, worker) => {
    while (!stop.signal.aborted) {
      const app = apps[worker % apps.length] as AppProcess
      const { status, body } = await useOneBooking(client, app, course_id, acknowledged)
      if (![0, 200, 503].includes(status)) strange.push({ status, body })
    }
  })
  const more = (count: number) => {
    const enough = acknowledged.length + count
    return waitFor(`${count} more answers`, () => acknowledged.length >= enough)
  }
  await more(100)
  await first.stop('SIGKILL')
  apps[0] = await startOn(t, server)
  await more(100)
  await server.stop('immediate')
  await server.start()
  await more(100)
  stop.abort()
  await Promise.all(workers)

  t.same(strange, [])
  t.same(await brokenBatches(sql), [])
  const rows = await sql<(Booking & Record<string, unknown>)[]>`select * from bookings`
  const found = new Map(rows.map((row) => [row.booking_id, row]))
  const lost = acknowledged.filter(({ bookingId, status }) => !has(found.get(bookingId), status))
  t.same(lost, [], `all of ${acknowledged.length} answers are in the database`)
})

interface Acknowledged {
  readonly bookingId: string
  readonly status: string
}

/** Books, reserves, and completes or expires, while the answers are 200. Status 0 means a broken connection. */
async function useOneBooking(client: HttpClient, app: AppProcess, course_id: string, acknowledged: Acknowledged[]) {
  const post = async (path: string, json: object) => {
    try {
      return await client.postJson<Booking>(`${app.url}/v1/bookings${path}`, json)
    } catch (error) {
      if (!/ECONNRE|socket hang up/.test(String(error))) throw error
      return { status: 0, body: undefined }
    }
  }
  const created = await post('', { course_id, user_id: 'ada' })
  if (created.status !== 201 || created.body === undefined) return created
  const { booking_id: bookingId } = created.body
  acknowledged.push({ bookingId, status: 'created' })
  for (const verb of ['reserve', Math.random() < 0.5 ? 'complete' : 'expire']) {
    const answer = await post(`/${bookingId}:${verb}`, {})
    if (answer.status !== 200 || answer.body === undefined) return answer
    acknowledged.push({ bookingId, status: answer.body.status })
  }
  return { status: 200, body: undefined }
}

function has(booking: Booking | undefined, status: string): boolean {
  if (status === 'created') return booking !== undefined
  if (status === 'reserved') return booking?.reserved_at !== undefined && booking.reserved_at !== null
  return booking?.status === status
}

function startOn(t: Test, { url }: PostgresServer, env: Record<string, string> = {}): Promise<AppProcess> {
  return startApp(t, { env: { PHASE: '2', DATABASE_URL: url, MAX_EVENT_LOOP_DELAY_MS: '0', ...env } })
}

async function newCourse(client: HttpClient, { url }: AppProcess): Promise<Course> {
  const course = { slug: 'for-many', name: 'x', batches: [batch({ max_seats: 100_000 })] }
  return (await client.postJson<Course>(`${url}/v1/courses`, course)).body
}

/** Sends twice as many concurrent requests as there are connections. Each must get 503 within `limit` ms. */
async function mustBeUnavailable(t: Test, client: HttpClient, { url }: AppProcess, limit: number): Promise<void> {
  const ask = () => timed(() => client.sendJson(`${url}/v1/courses?page_size=1`))
  const change = () =>
    timed(() => client.postJson(`${url}/v1/bookings/01943ad7-aa80-7003-8000-000000000000:reserve`, {}))
  const asked = [...Array.from({ length: 10 }, ask), ...Array.from({ length: 10 }, change)]
  const [hello, ready, ...answers] = await Promise.all([
    timed(() => client.send(`${url}/hello`)),
    timed(() => client.sendJson(`${url}/readyz`)),
    ...asked,
  ])
  for (const { status, headers, text, body, ms } of answers) {
    t.match({ status, headers, ms: ms < limit || ms }, { status: 503, headers: { 'retry-after': /^\d+$/ }, ms: true })
    t.match(headers, { 'content-type': /^application\/problem\+json/ })
    t.same(Object.keys(body), ['type', 'title', 'status', 'detail', 'instance', 'request_id'])
    t.notMatch(text, /postgres|127\.0\.0\.1|ECONN|connect/i)
  }
  t.match(ready, { status: 503, body: { status: 'not ready', checks: { database: 'failed', cache: 'ok' } } })
  t.ok(ready.ms < 1300, `/readyz answered after ${ready.ms} ms`)
  t.match(hello, { status: 200 })
  t.ok(hello.ms < 500, `/hello answered after ${hello.ms} ms`)
}

async function mustRecover(t: Test, client: HttpClient, { url }: AppProcess): Promise<void> {
  const isWell = async () => {
    const paths = ['/v1/courses', '/v1/bookings', '/readyz']
    const answers = await Promise.all(paths.map((path) => client.send(`${url}${path}`)))
    return answers.every(({ status }) => status === 200)
  }
  const { ms } = await timed(async () => ({ found: await waitFor('recovery', isWell, { timeout: 5000 }) }))
  t.comment(`recovered after ${Math.round(ms)} ms`)
  t.ok(ms < 5000)
}

async function timed<R extends object>(work: () => Promise<R>): Promise<R & { ms: number }> {
  const began = performance.now()
  return { ...(await work()), ms: performance.now() - began }
}
