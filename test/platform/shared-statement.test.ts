import { AsyncLocalStorage } from 'node:async_hooks'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { channels, type Progress, type QueryAnnouncement, type ShareAnnouncement } from '../../phases/announcements.ts'
import { loadConfig } from '../../src/config.ts'
import { CallEnded, onBehalfOf } from '../../src/platform/cancellation.ts'
import type { Database } from '../../src/platform/database.ts'
import { openDatabase } from '../../src/platform/open-database.ts'
import { needs } from '../../testkit/installed.ts'
import { startPostgres } from '../../testkit/postgres-server.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const ECHO = `
  select position, text, pg_current_xact_id()::text
  from unnest($1::text[]) with ordinality as caller (text, position) where text <> 'nothing'`

const unavailable = { name: 'DomainError', code: 'unavailable' }

t.test('an embedded database', async (t) => {
  await callersShare(t, await open(t, 'memory:'))
})

t.test('a PostgreSQL server', needs('postgres', 'initdb'), async (t) => {
  const server = await startPostgres(t)
  const database = await open(t, server.url)
  await callersShare(t, database)

  t.test('a caller that has queued for 250 ms gets a statement of its own', async (t) => {
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
      await waitFor('the fourth caller, which has left the queue', async () => {
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

  t.test('an outage rejects every caller', async (t) => {
    const call = database.share(ECHO)
    await server.stop('immediate')
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => call([`caller ${i}`])))
    for (const outcome of outcomes) t.match(outcome, { status: 'rejected', reason: unavailable })
    await server.start()
    await waitFor('an answer', () => call(['again']))
    t.match(await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => call([text]))), [{ 1: 'a' }, { 1: 'b' }])
  })
})

async function callersShare(t: Test, database: Database): Promise<void> {
  const call = database.share(ECHO)

  await t.test('concurrent callers share statements, and each gets the row for its own value', async (t) => {
    const texts = ['a "quote"', 'back\\slash', '{curly, braces}', '', 'NULL', 'two\nlines', 'ü€🎉', "it's"]
    const values = Array.from({ length: 120 }, (_, i) => (i % 5 === 3 ? 'nothing' : `${i} ${texts[i % texts.length]}`))
    const { queries } = listen(t)
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
    t.equal(queries.length, transactions.size, 'as many are announced as the database has executed')
  })

  await t.test('a single caller does not queue', async (t) => {
    t.match(await call(['alone']), { 1: 'alone' })
    t.equal(await call(['nothing']), undefined)
  })

  await t.test('each execution is announced once, with the shares of its callers', async (t) => {
    const { queries, shares } = listen(t)
    await Promise.all(['a', 'nothing', 'c', 'd', 'nothing', 'f'].map((text, i) => caller.run(i, () => call([text]))))
    t.match(
      queries.map(({ announcement, caller }) => [caller, announcement.shares?.length, announcement.rows]),
      [
        [0, 0, 1],
        [1, 0, 0],
        [2, 0, 1],
        [undefined, 3, 2],
      ],
      'those of one caller are its own, the shared one belongs to none',
    )
    t.ok(queries.every(({ announcement }) => announcement.text === ECHO))
    const [first, , , shared] = queries.map(({ announcement }) => announcement)
    t.ok(shared && first && (shared.startedAt ?? 0) > (first.startedAt ?? 0), 'its time begins when it is sent')

    t.same(
      shares.map(({ caller, announcement }) => [caller, announcement.rows]),
      [[0], [1], [2], [3, 1], [4, 0], [5, 1]].map(([caller, rows]) => [caller, rows]),
    )
    for (const { caller = 0, announcement } of shares) {
      const { waitMs = 0, startedAt = 0 } = announcement
      const isRight = caller < 3 ? waitMs === 0 : waitMs > 0 && startedAt + waitMs <= (shared?.startedAt ?? 0)
      t.ok(isRight, `caller ${caller} waited ${waitMs} ms for its turn`)
      t.equal(announcement.statement, caller < 3 ? undefined : shared)
    }
  })

  await t.test('the only caller of a statement after a queue has it in its own context', async (t) => {
    const { queries } = listen(t)
    await Promise.all(['a', 'b', 'c', 'd'].map((text, i) => caller.run(i, () => call([text]))))
    t.same(
      queries.map(({ announcement, caller }) => [caller, announcement.shares?.length]),
      [
        [0, 0],
        [1, 0],
        [2, 0],
        [3, 1],
      ],
    )
  })

  await t.test('no statement is sent for a caller that gave up while it queued', async (t) => {
    const { queries, shares } = listen(t)
    let isOver = false
    const others = ['a', 'b', 'c', 'd', 'e'].map((text) => call([text]))
    const impatient = onBehalfOf(
      () => isOver,
      () => call(['given up']),
    )
    isOver = true
    await t.rejects(impatient, CallEnded)
    await Promise.all(others)
    t.same(
      queries.map(({ announcement }) => announcement.shares?.length),
      [0, 0, 0, 2],
    )
    t.match(
      shares.filter(({ announcement }) => announcement.waitMs === undefined),
      [{ announcement: { error: CallEnded, statement: undefined } }],
    )
  })

  await t.test('in a transaction it is an ordinary statement of the caller', async (t) => {
    const { queries, shares } = listen(t)
    await caller.run(7, () => database.transaction((_, share) => share(ECHO)(['mine'])))
    t.same(
      queries.map(({ announcement, caller }) => [announcement.operation, announcement.shares?.length, caller]),
      [
        ['BEGIN', 0, 7],
        ['SELECT', 0, 7],
        ['COMMIT', 0, 7],
      ],
    )
    t.same(shares, [])
  })

  await t.test('an error rejects all callers of the statement, and no others', async (t) => {
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

const caller = new AsyncLocalStorage<number>()

interface Heard<T> {
  readonly announcement: T & Progress
  /** The context of the announcement. */
  readonly caller: number | undefined
}

/** Records announcements until the test ends: statements and shares in start order. */
function listen(t: Test) {
  const queries: Heard<QueryAnnouncement>[] = []
  const shares: Heard<ShareAnnouncement>[] = []
  const onQuery = (announcement: unknown) =>
    queries.push({ announcement: announcement as QueryAnnouncement, caller: caller.getStore() })
  const onShare = (announcement: unknown) => {
    const isKnown = shares.some((known) => known.announcement === announcement)
    if (!isKnown) shares.push({ announcement: announcement as ShareAnnouncement, caller: caller.getStore() })
  }
  channels.query.start.subscribe(onQuery)
  channels.share.start.subscribe(onShare)
  channels.share.asyncEnd.subscribe(onShare)
  t.teardown(() => {
    channels.query.start.unsubscribe(onQuery)
    channels.share.start.unsubscribe(onShare)
    channels.share.asyncEnd.unsubscribe(onShare)
  })
  return { queries, shares }
}

async function open(t: Test, DATABASE_URL: string): Promise<Database> {
  const database = await openDatabase({ ...loadConfig([]), DATABASE_URL })
  t.teardown(() => database.close())
  await database.run((queries) => queries.execute(sql`select 1`))
  return database
}
