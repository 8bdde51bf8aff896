import { sql } from 'drizzle-orm'
import t from 'tap'
import { loadConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/platform/database.ts'
import { type ConnectionSignal, type Progress, signals } from '../../src/signals.ts'
import { needsPostgres, postgresUrl } from '../support/postgres-server.ts'

const SLEEP_MS = 300

t.test('a wait for the pool is no part of the duration of a statement', needsPostgres(), async (t) => {
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
    const { waited, startedAt } = message as ConnectionSignal & Progress
    waits.push({ waited, ms: since(startedAt) })
  }
  signals.query.asyncEnd.subscribe(onQuery)
  signals.connection.asyncEnd.subscribe(onWait)
  t.teardown(() => {
    signals.query.asyncEnd.unsubscribe(onQuery)
    signals.connection.asyncEnd.unsubscribe(onWait)
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
