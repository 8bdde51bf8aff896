import { sql } from 'drizzle-orm'
import t from 'tap'
import { type ConnectionAnnouncement, channels, type Progress } from '../../phases/announcements.ts'
import { loadConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/platform/open-database.ts'
import { needsPostgres, postgresUrl } from '../../testkit/postgres-server.ts'

const SLEEP_MS = 300

t.test('the duration of a statement excludes the wait for the pool', needsPostgres(), async (t) => {
  const database = await openDatabase({
    ...loadConfig([]),
    DATABASE_URL: await postgresUrl(t),
    DATABASE_POOL_SIZE: 1,
  })
  t.teardown(() => database.close())

  const statements: number[] = []
  const waits: { waited: boolean; ms: number }[] = []
  const since = (startedAt = Number.NaN) => performance.now() - startedAt
  const onQuery = (message: unknown) => {
    statements.push(since((message as Progress).startedAt))
  }
  const onWait = (message: unknown) => {
    const { waited, startedAt } = message as ConnectionAnnouncement & Progress
    waits.push({ waited, ms: since(startedAt) })
  }
  channels.query.asyncEnd.subscribe(onQuery)
  channels.connection.asyncEnd.subscribe(onWait)
  t.teardown(() => {
    channels.query.asyncEnd.unsubscribe(onQuery)
    channels.connection.asyncEnd.unsubscribe(onWait)
  })

  const sleep = () => database.run((queries) => queries.execute(sql`select pg_sleep(${SLEEP_MS / 1000})`))
  const start = performance.now()
  await Promise.all([sleep(), sleep()])
  const both = performance.now() - start

  t.equal(statements.length, 2)
  t.match(
    waits.map(({ waited }) => waited),
    [false, true],
    'the first found the connection free, the second did not',
  )
  const waited = waits.at(1)?.ms ?? 0
  t.ok(waited > SLEEP_MS - 10, `the second waited for ${waited} ms`)
  const sum = statements.reduce((total, each) => total + each, 0)
  t.ok(sum <= both, `${statements.join(' and ')} ms are not more than the ${both} ms that both took`)
})
