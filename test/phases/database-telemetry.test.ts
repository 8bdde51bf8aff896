/** Compares telemetry about the database with PostgreSQL's own statistics. */
import { isDeepStrictEqual } from 'node:util'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import type { Course } from '../../src/course/course.ts'
import { describe } from '../../src/platform/statement.ts'
import { startApp } from '../../testkit/app-process.ts'
import { httpClient } from '../../testkit/http.ts'
import { needs } from '../../testkit/installed.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { startPostgres } from '../../testkit/postgres-server.ts'
import type { ReceivedSpan } from '../../testkit/received-span.ts'
import { scrape } from '../../testkit/scrape.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const SEATS = 150
const RESERVATIONS = 200

t.test('200 concurrent reservations', needs('postgres', 'initdb'), async (t) => {
  const server = await startPostgres(t, { settings: { shared_preload_libraries: 'pg_stat_statements' } })
  const sql = postgres(new URL('/postgres', server.url).href, { max: 1 })
  t.teardown(() => sql.end())
  await sql`create extension pg_stat_statements`
  const collector = await startOtlpReceiver(t)
  const app = await startApp(t, {
    env: {
      PHASE: '5',
      LOG_LEVEL: 'debug',
      DATABASE_URL: server.url,
      MAX_EVENT_LOOP_DELAY_MS: '0', // a slow machine must not reject requests
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_TRACES_SAMPLER: 'parentbased_always_off', // only the caller's sampling decision counts
    },
  })
  const client = httpClient(t)

  /** Statements that PostgreSQL executed for the app, by kind: `UPDATE bookings`. */
  async function executed(): Promise<Record<string, number>> {
    const rows = await sql<{ query: string; calls: number }[]>`
      select query, calls::int from pg_stat_statements
      where dbid = (select oid from pg_database where datname = 'course')`
    const kinds: Record<string, number> = {}
    for (const { query, calls } of rows) {
      const { operation, table } = describe(query)
      kinds[`${operation} ${table}`] = (kinds[`${operation} ${table}`] ?? 0) + calls
    }
    return kinds
  }

  /** The same from the app's metrics. PostgreSQL does not count failed statements. */
  async function measured(path: string, name: string, labels: readonly [string, string]) {
    const kinds: Record<string, number> = {}
    const metrics = await scrape(app.url + path)
    for (const { labels: of, value } of metrics.samples(name)) {
      const kind = `${of[labels[0]]} ${of[labels[1]] ?? ''}`
      if (of.outcome !== 'error') kinds[kind] = (kinds[kind] ?? 0) + value
    }
    return kinds
  }
  const counted = () => measured('/metrics', 'db_client_operation_duration_seconds_count', ['operation', 'table'])
  const countedByOtel = () =>
    measured('/metrics/otel', 'db_client_operation_duration_count', ['db_operation_name', 'db_collection_name'])

  const { body: course } = await client.postJson<Course>(`${app.url}/v1/courses`, {
    slug: 'burst',
    name: 'Burst',
    batches: [{ name: 'One', starts_at: day(10), ends_at: day(20), max_seats: SEATS, price: 4900, currency: 'EUR' }],
  })
  const bookingIds: string[] = []
  for (let i = 0; i < RESERVATIONS; i++) {
    const json = { course_id: course.course_id, user_id: 'ada' }
    const { status, body } = await client.postJson<{ booking_id: string }>(`${app.url}/v1/bookings`, json)
    if (status !== 201) throw new Error(JSON.stringify(body))
    bookingIds.push(body.booking_id)
  }

  /** A consistent reading of all three, without statements in between. */
  const counts = () =>
    waitFor('counts without a statement in between', async () => {
      const metrics = await counted()
      const [database, otel, after] = [await executed(), await countedByOtel(), await executed()]
      return isDeepStrictEqual(database, after) ? { database, metrics, otel } : undefined
    })
  const before = await counts()

  const traceIds = new Map(bookingIds.map((id) => [newTraceId(), id]))
  const statuses = await Promise.all(
    [...traceIds].map(async ([traceId, id], i) => {
      const flags = i % 2 === 0 ? '01' : '00' // half of the callers are sampled
      const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-${flags}`, 'x-request-id': `burst-${i}` }
      return (await client.postJson(`${app.url}/v1/bookings/${id}:reserve`, {}, headers)).status
    }),
  )
  t.equal(statuses.filter((status) => status === 200).length, SEATS)

  const rise = (now: Record<string, number>, then: Record<string, number>, kinds: readonly string[]) =>
    Object.fromEntries(kinds.map((kind) => [kind, (now[kind] ?? 0) - (then[kind] ?? 0)]))

  await t.test('metrics count the statements that PostgreSQL executed', async (t) => {
    const { database, metrics, otel } = await counts()
    const kinds = ['UPDATE bookings', 'SELECT batches', 'BEGIN ', 'COMMIT ', 'INSERT bookings']
    const inDatabase = rise(database, before.database, kinds)
    t.ok((inDatabase['UPDATE bookings'] as number) < RESERVATIONS, JSON.stringify(inDatabase))
    t.same(rise(metrics, before.metrics, kinds), inDatabase)
    // A scrape selects bookings, too.
    const all = [...kinds, 'SELECT bookings']
    t.same(rise(otel, before.otel, all), rise(database, before.database, all))
    for (const kind of ['INSERT bookings', 'UPDATE bookings'])
      t.equal(metrics[kind], database[kind], `${kind}, from the start`)
  })

  await t.test('queueing is measured separately, once per caller', async (t) => {
    const metrics = await scrape(`${app.url}/metrics`)
    const labels = { operation: 'UPDATE', table: 'bookings' }
    t.equal(metrics.total('db_client_shared_statement_wait_duration_seconds_count', labels), RESERVATIONS)
    t.ok(metrics.total('db_client_shared_statement_wait_duration_seconds_sum', labels) > 0)
    t.ok(metrics.total('db_client_connection_wait_duration_seconds_count', { outcome: 'ok' }) > RESERVATIONS)
    const otel = await scrape(`${app.url}/metrics/otel`)
    t.equal(otel.total('course_app_db_shared_statement_wait_time_count'), RESERVATIONS)
    t.ok(otel.total('db_client_connection_wait_time_count') > RESERVATIONS)
  })

  await t.test('each statement is one span, linked with its callers', async (t) => {
    const spans = await waitFor('all sampled requests', () => {
      const { all } = collector.received
      const requests = all.filter(({ kind, traceId }) => kind === 'server' && traceIds.has(traceId))
      return requests.length === RESERVATIONS / 2 ? all : undefined
    })
    const isUpdate = ({ name, kind }: ReceivedSpan) => name === 'UPDATE bookings' && kind === 'client'
    const shared = await waitFor('every shared statement', () => {
      const found = collector.received.all.filter((span) => isUpdate(span) && span.links.length > 0)
      const linked = found.flatMap(({ links }) => links).length
      const shares = spans.filter(({ name, links }) => name === 'share of UPDATE bookings' && links.length > 0)
      return linked === shares.length ? found : undefined
    })
    t.ok(shared.length > 0)
    const byId = new Map(spans.map((span) => [span.spanId, span]))
    for (const statement of shared) {
      const { links, attributes, parentSpanId, traceId } = statement
      t.equal(parentSpanId, undefined, 'a trace of its own')
      t.notOk(traceIds.has(traceId))
      const size = attributes['db.operation.batch.size'] as number
      t.ok(size >= links.length, `${links.length} of ${size} callers are sampled`)
      for (const link of links) {
        const share = byId.get(link.spanId)
        t.match(share, { name: 'share of UPDATE bookings', kind: 'internal', traceId: link.traceId })
        t.match(share?.links, [{ traceId, spanId: statement.spanId }], 'and back')
        if (share) mustHoldStatement(t, share, statement)
      }
    }
    const alone = spans.filter((span) => isUpdate(span) && span.links.length === 0)
    for (const { traceId, attributes } of alone) {
      t.ok(traceIds.has(traceId), 'a statement of one caller is in its trace')
      t.equal(attributes['db.operation.batch.size'], undefined)
    }
    const shares = new Map(spans.filter(({ name }) => name.startsWith('share of')).map((span) => [span.spanId, span]))
    const direct = alone.filter(({ parentSpanId }) => !shares.has(parentSpanId ?? ''))
    t.equal(shares.size + direct.length, RESERVATIONS / 2, 'every sampled caller shows how its work was done')
  })

  await t.test('the log has the statement once, and the share of each', async (t) => {
    const isOfUpdate = ({ operation, table }: Record<string, unknown>) => operation === 'UPDATE' && table === 'bookings'
    const lines = (await app.logLines()).filter(isOfUpdate)
    const statements = lines.filter(({ message }) => message === 'query completed')
    t.equal(statements.length, (await executed())['UPDATE bookings'])
    const shared = statements.filter(({ request_ids }) => request_ids !== undefined)
    const ids = shared.flatMap(({ request_ids }) => request_ids as string[])
    for (const line of shared) t.equal(line.request_id, undefined, 'it is the line of no single request')
    const shares = lines.filter(({ message }) => message === 'share of a query completed')
    for (const { wait, latency } of shares) t.ok(Number(wait) > 0 && Number(wait) <= Number(latency))
    const inShared = shares.filter(({ callers }) => Number(callers) > 1).map(({ request_id }) => request_id)
    t.same(inShared.sort(), ids.sort())
    const own = statements.filter(({ request_id }) => request_id !== undefined).map(({ request_id }) => request_id)
    t.same([...own, ...ids].sort(), Array.from({ length: RESERVATIONS }, (_, i) => `burst-${i}`).sort())
  })
})

/** The caller's span and the statement's span must agree. */
function mustHoldStatement(t: Test, share: ReceivedSpan, statement: ReceivedSpan): void {
  const wait = share.attributes['course_app.wait_ms'] as number
  t.ok(wait > 0)
  const [sent] = share.events
  t.equal(sent?.name, 'course_app.statement_sent')
  // Durations only: start times come from another clock, which may drift.
  const sentAfter = (sent?.timeMs ?? 0) - share.startMs
  t.ok(sentAfter >= wait - 1 && share.durationMs >= sentAfter + statement.durationMs - 2, `sent after ${sentAfter} ms`)
}

function day(number: number): string {
  return new Date(Date.now() + number * 86_400_000).toISOString()
}

function newTraceId(): string {
  return crypto.randomUUID().replaceAll('-', '')
}
