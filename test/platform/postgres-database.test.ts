import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { loadConfig } from '../../src/config.ts'
import type { Database, Queries } from '../../src/platform/database.ts'
import { type DatabaseConfig, openDatabase } from '../../src/platform/open-database.ts'
import { runApp } from '../../testkit/app-process.ts'
import { needs } from '../../testkit/installed.ts'
import { type PostgresServer, startPostgres } from '../../testkit/postgres-server.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const settings = { ...loadConfig([]), DATABASE_STATEMENT_TIMEOUT_MS: 400, DATABASE_POOL_SIZE: 3 }
const unavailable = { name: 'DomainError', code: 'unavailable' }

t.test('a PostgreSQL server', needs('postgres', 'initdb'), async (t) => {
  const server = await startPostgres(t)
  const database = await open(t, { DATABASE_URL: server.url })
  await execute(database, 'create table notes (text text unique)')

  t.test('commits all changes of a transaction or none', async (t) => {
    await database.transaction((tx) => tx.execute(sql`insert into notes values (${'kept'})`))
    const work = database.transaction(async (tx) => {
      await tx.execute(sql`insert into notes values (${'gone'})`)
      throw new Error('changed my mind')
    })
    await t.rejects(work, { message: 'changed my mind' })
    t.same(await notes(database), ['kept'])
  })

  t.test('commits nothing when the error of a statement was ignored', async (t) => {
    const work = database.transaction(async (tx) => {
      await tx.execute(sql`insert into notes values (${'lost'})`)
      await tx.execute(sql`insert into notes values (${'kept'})`).catch(() => 'never mind')
    })
    await t.rejects(work, { name: 'DatabaseError', sqlState: '25P02' })
    t.same(await notes(database), ['kept'])
  })

  t.test('reports errors without the values that caused them', async (t) => {
    const cases: [RegExp, ReturnType<typeof sql>, object][] = [
      [/kept/, sql`insert into notes values (${'kept'})`, { sqlState: '23505', constraint: 'notes_text_key' }],
      [/ada@example/, sql`select ${'ada@example.com'}::int`, { sqlState: '22P02' }],
      [/99999999999/, sql`select ${'99999999999'}::int`, { sqlState: '22003' }],
      [/secret/, sql`select * from nowhere where text = ${'secret'}`, { sqlState: '42P01' }],
    ]
    for (const [value, statement, expected] of cases) {
      for (const use of [database.run, database.transaction]) {
        const error = await use((queries) => queries.execute(statement)).catch((error: Error) => error)
        t.match(error, { name: 'DatabaseError', ...expected })
        t.notMatch(JSON.stringify(error, Object.getOwnPropertyNames(error)), value)
        t.notOk((error as Error).cause)
      }
    }
  })

  t.test('limits its connections, and serves all callers in the queue', async (t) => {
    const work = () => database.transaction((tx) => tx.execute(sql`select count(*) from notes`))
    await Promise.all(Array.from({ length: 50 }, work))
    t.ok((await connections(database)) <= settings.DATABASE_POOL_SIZE)
  })

  t.test('ends a statement that takes too long, and limits the wait for a connection as well', async (t) => {
    const began = performance.now()
    const slow = () => database.run((queries) => queries.execute(sql`select pg_sleep(30)`))
    const sleepers = Array.from({ length: settings.DATABASE_POOL_SIZE }, slow)
    await Promise.all([...sleepers, ...sleepers.map(slow)].map((statement) => t.rejects(statement, unavailable)))
    t.ok(performance.now() - began < 2000, `all of them in ${performance.now() - began} ms`)
    await t.resolves(database.ping())
  })

  t.test('drops a connection that breaks in a transaction, and never continues on another', async (t) => {
    const work = database.transaction(async (tx) => {
      await tx.execute(sql`insert into notes values (${'first half'})`)
      await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`).catch(() => 'as intended')
      await tx.execute(sql`insert into notes values (${'second half'})`)
    })
    await t.rejects(work, unavailable)
    t.same(await notes(database), ['kept'])
  })

  t.test('recovers when idle connections are dropped', async (t) => {
    await Promise.all([1, 2, 3].map(() => execute(database, 'select pg_sleep(0.05)')))
    const others = postgres(server.url, { max: 1 })
    await others`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'course-app'`
    await others.end()
    await waitFor('a statement that works', () => execute(database, 'select 1').then(() => true))
    t.same(await notes(database), ['kept'])
  })

  t.test('whose answer to a change is lost: the error says that the outcome is unknown', async (t) => {
    const unknown = { ...unavailable, message: /may have been made or not/, cause: { sqlState: '08007' } }
    for (const [note, last] of Object.entries({ perhaps: 'commit', maybe: 'insert' })) {
      const port = await proxyThatHangsUpAfter(t, server, last)
      const behind = await open(t, { DATABASE_URL: server.url.replace(/:\d+\//, `:${port}/`) })
      const insert = (queries: Queries) => queries.execute(sql.raw(`insert into notes values ('${note}')`))
      await t.rejects(last === 'commit' ? behind.transaction(insert) : behind.run(insert), unknown)
      await waitFor('the change, which did arrive', async () => (await notes(database)).includes(note))
    }
  })

  t.test('that denies access later is unavailable', async (t) => {
    const admin = postgres(server.url, { max: 1 })
    t.teardown(() => admin.end())
    await admin`create role locked login password 'the right one'`
    const leaving = await open(t, { DATABASE_URL: server.url.replace('course@', 'locked:the%20right%20one@') })
    await leaving.ping()
    await admin`alter role locked password 'another one'`
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'locked'`
    const work = () => leaving.transaction((tx) => tx.execute(sql`select 1`))
    await waitFor('a new connection', () => work().catch((error) => /password/.test(error.cause.message)))
    await t.rejects(work(), { ...unavailable, cause: { sqlState: '08001' } })
  })

  t.test('gets no statements after the database is closed', async (t) => {
    const closing = await open(t, { DATABASE_URL: server.url })
    const last = closing.transaction((tx) => tx.execute(sql`select pg_sleep(0.1), 'done' as text`))
    await Promise.all([closing.close(), closing.close()])
    t.match(await last, { rows: [{ text: 'done' }] }, 'what was running has ended first')
    await t.rejects(closing.ping())
  })
})

t.test('at the start', needs('postgres', 'initdb'), async (t) => {
  const server = await startPostgres(t)
  const admin = postgres(server.url, { max: 1 })
  t.teardown(() => admin.end())
  await admin`create role locked login password 'the right one'`
  const locked = server.url.replace('course@', 'locked:s3cret@')

  t.test('a permanent error ends the start at once, in one line without the password', async (t) => {
    const hopeless: [string, RegExp][] = [
      [locked, /^DATABASE_URL: has a wrong user or password\. The server says: .*"locked"\.$/],
      [server.url.replace(/course$/, 'nope'), /^DATABASE_URL: names a database that does not exist\. .*"nope"/],
      ['postgres://a,b/course', /^DATABASE_URL: is not a URL of one server\. Set DATABASE_URL to /],
      ['postgres://app:s3cret%@db/course', /^DATABASE_URL: is not a URL of one server\. /],
      ['postgres://app:s3cret@db:nope/course', /^DATABASE_URL: is not a URL of one server\. /],
    ]
    for (const [DATABASE_URL, message] of hopeless) {
      const error = await openDatabase({ ...settings, DATABASE_URL }).catch((error: Error) => error)
      t.match(error, { name: 'ConfigError', message })
      t.notMatch(JSON.stringify(error, Object.getOwnPropertyNames(error)), /s3cret/)
    }
    const { code, stderr } = await runApp(t, { env: { PHASE: '0', DATABASE_URL: locked } })
    t.equal(code, 1)
    t.match(stderr, /^DATABASE_URL: has a wrong user or password\.[^\n]*\n$/)
  })

  t.test('waits for a server that is down, then names it', async (t) => {
    await server.stop()
    const { host } = new URL(server.url)
    const began = performance.now()
    const waits: Error[] = []
    await t.rejects(
      openDatabase({ ...settings, DATABASE_URL: locked }, { timeoutMs: 500, onWait: (error) => waits.push(error) }),
      {
        name: 'ConfigError',
        message: `DATABASE_URL: no PostgreSQL is ready at ${host} (connect ECONNREFUSED ${host}). Start it, or leave DATABASE_URL unset.`,
      },
    )
    const ms = performance.now() - began
    t.ok(ms > 200 && ms < 1500, `after ${ms} ms`)
    t.match(waits, [{ name: 'DatabaseError', sqlState: '08006' }], 'and it says so once while it waits')
  })

  t.test('a server that starts late is found', async (t) => {
    const opening = open(t, { DATABASE_URL: server.url })
    await server.start()
    await t.resolves((await opening).ping())
  })
})

async function open(t: Test, config: Pick<DatabaseConfig, 'DATABASE_URL'>): Promise<Database> {
  const database = await openDatabase({ ...settings, ...config })
  t.teardown(() => database.close())
  return database
}

async function execute(database: Database, text: string): Promise<Record<string, unknown>[]> {
  const result = await database.run((queries) => queries.execute(sql.raw(text)))
  return (result as unknown as { rows: Record<string, unknown>[] }).rows
}

async function notes(database: Database): Promise<unknown[]> {
  return (await execute(database, 'select text from notes order by text')).map(({ text }) => text)
}

async function connections(database: Database): Promise<number> {
  const [row] = await execute(
    database,
    `select count(*)::int as count from pg_stat_activity where application_name = 'course-app'`,
  )
  return row?.count as number
}

/** A TCP proxy that disconnects instead of forwarding the answer to a message with `word`. @returns its port */
async function proxyThatHangsUpAfter(t: Test, server: PostgresServer, word: string): Promise<number> {
  const open = new Set<Socket>()
  const proxy = createServer((client) => {
    const upstream = connect(Number(new URL(server.url).port), '127.0.0.1')
    let isOver = false
    client.on('data', (bytes) => {
      isOver ||= bytes.includes(word)
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => (isOver ? client.destroy() : client.write(bytes)))
    client.on('close', () => upstream.end())
    for (const socket of [client, upstream]) open.add(socket.on('error', () => socket.destroy()))
  })
  t.teardown(() => {
    proxy.close()
    for (const socket of open) socket.destroy()
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  return (proxy.address() as AddressInfo).port
}
