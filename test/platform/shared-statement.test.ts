import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { loadConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/platform/database.ts'
import { signals } from '../../src/signals.ts'
import { needs } from '../support/installed.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { waitFor } from '../support/wait-for.ts'

const ECHO = `
  select position, text, pg_current_xact_id()::text
  from unnest($1::text[]) with ordinality as caller (text, position) where text <> 'nothing'`

const away = { name: 'DomainError', code: 'unavailable' }

t.test('an embedded database', async (t) => {
  await callersShare(t, await open(t, 'memory:'))
})

t.test('a PostgreSQL server', needs('postgres', 'initdb'), async (t) => {
  const server = await startPostgres(t)
  const database = await open(t, server.url)
  await callersShare(t, database)

  t.test('whoever would wait too long for those who are held up goes alone', async (t) => {
    const admin = postgres(server.url, { max: 2 })
    t.teardown(() => admin.end())
    const call = database.share(`
      select position, key from (
        select position, key, pg_advisory_xact_lock(key) from unnest($1::int[]) with ordinality as caller (key, position)
      ) as locked`)
    const heldUp: Promise<unknown>[] = []
    await admin.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(1)`
      for (let i = 0; i < 4; i++) heldUp.push(call(['1']))
      await waitFor('the fourth of them, which has lost its patience', async () => {
        const [{ count } = {}] = await admin`select count(*)::int from pg_locks where not granted`
        return count === 4
      })
      const others = [2, 3, 4].map((key) => call([String(key)]))
      heldUp.push(call(['1']))
      t.same(
        await Promise.all(others),
        [2, 3, 4].map((key) => [1, key]),
      )
    })
    t.same(await Promise.all(heldUp), Array(5).fill([1, 1]))
  })

  t.test('when it goes away, nobody is left to wait', async (t) => {
    const call = database.share(ECHO)
    await server.stop('immediate')
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => call([`caller ${i}`])))
    for (const outcome of outcomes) t.match(outcome, { status: 'rejected', reason: away })
    await server.start()
    await waitFor('an answer', () => call(['again']))
    t.match(await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => call([text]))), [{ 1: 'a' }, { 1: 'b' }])
  })
})

async function callersShare(t: Test, database: Database): Promise<void> {
  const call = database.share(ECHO)

  await t.test('callers who come at once share statements, and each gets the row for its own value', async (t) => {
    const texts = ['a "quote"', 'back\\slash', '{curly, braces}', '', 'NULL', 'two\nlines', 'ü€🎉', "it's"]
    const values = Array.from({ length: 120 }, (_, i) => (i % 5 === 3 ? 'nothing' : `${i} ${texts[i % texts.length]}`))
    const rows = await Promise.all(values.map((value) => call([value])))
    t.same(
      rows.map((row) => row?.[1]),
      values.map((value) => (value === 'nothing' ? undefined : value)),
    )
    const transactions = new Set(rows.flatMap((row) => row?.[2] ?? []))
    t.ok(
      transactions.size <= 6,
      `${transactions.size} transactions: three at once, and then 50 callers at most in each`,
    )
  })

  await t.test('a caller alone is not kept waiting', async (t) => {
    t.match(await call(['alone']), { 1: 'alone' })
    t.equal(await call(['nothing']), undefined)
  })

  await t.test('each announces it as its own', async (t) => {
    const heard: unknown[] = []
    const listener = (message: unknown) => heard.push(message)
    signals.query.asyncEnd.subscribe(listener)
    await Promise.all(['a', 'nothing', 'c', 'd', 'nothing'].map((text) => call([text])))
    signals.query.asyncEnd.unsubscribe(listener)
    const rows = (heard as { text: string; rows: number }[]).map(({ text, rows }) => ({ isEcho: text === ECHO, rows }))
    t.same(rows.map(({ rows }) => rows).sort(), [0, 0, 1, 1, 1])
    t.ok(rows.every(({ isEcho }) => isEcho))
  })

  await t.test('an error is for all whom the statement was for, and for nobody else', async (t) => {
    const square = database.share(
      `select position, number * number from unnest($1::int[]) with ordinality as caller (number, position)`,
    )
    const outcomes = await Promise.allSettled(['2', '3', '4', '100000', '5'].map((number) => square([number])))
    t.same(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value?.[1] : outcome.reason.sqlState)),
      [4, 9, 16, '22003', '22003'],
    )
    t.same(await square(['6']), [1, 36])
  })
}

async function open(t: Test, DATABASE_URL: string): Promise<Database> {
  const database = await openDatabase({ ...loadConfig([]), DATABASE_URL })
  t.teardown(() => database.close())
  await database.run((queries) => queries.execute(sql`select 1`))
  return database
}
