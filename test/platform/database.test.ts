import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { loadConfig } from '../../src/config.ts'
import type { Database } from '../../src/platform/database.ts'
import { lockFile } from '../../src/platform/lock-file.ts'
import { openDatabase } from '../../src/platform/open-database.ts'

const defaults = { ...loadConfig([]), DATABASE_URL: undefined }

t.test('an embedded database in a folder', async (t) => {
  const dataDir = join(await temporaryFolder(t), 'new', 'data')

  t.test('keeps its data, and leaves no lock behind', async (t) => {
    const first = await open(t, dataDir)
    await first.run((queries) => queries.execute(sql`create table keepsakes (text text)`))
    await first.run((queries) => queries.execute(sql`insert into keepsakes values ('kept')`))
    await Promise.all([first.close(), first.close()])
    t.same(await readdir(dataDir), ['postgres'])
    const second = await open(t, dataDir)
    t.same(await rows(second, 'select text from keepsakes'), [{ text: 'kept' }])
    await second.close()
  })

  t.test('is used by one process at a time', async (t) => {
    const database = await open(t, dataDir)
    await t.rejects(openDatabase({ ...defaults, DATA_DIR: dataDir }), {
      name: 'ConfigError',
      variable: 'DATA_DIR',
      message: `DATA_DIR: is in use by process ${process.pid}. Stop it, or set DATA_DIR to another folder.`,
    })
    await database.ping()
    await database.close()
    await t.rejects(database.ping(), 'a closed database says so')
  })

  t.test('survives kill -9 with everything that was committed', async (t) => {
    let last = -1
    for (let round = 0; round < 2; round++) {
      const writer = startWriter(t, dataDir, last + 1)
      const enough = last + 50
      for await (const line of createInterface(writer.stdout)) {
        last = Number(line)
        if (last === enough) {
          await t.rejects(openDatabase({ ...defaults, DATA_DIR: dataDir }), {
            message: new RegExp(`in use by process ${writer.pid}\\.`),
          })
          writer.kill('SIGKILL')
        }
      }
      if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit')
      t.equal(writer.signalCode, 'SIGKILL')
      const database = await open(t, dataDir)
      const [found] = await rows(database, 'select count(*)::int as count, max(n) as max from notes')
      t.ok(found && Number(found.max) >= last, `${last} was acknowledged, ${found?.max} is there`)
      t.equal(found?.count, Number(found?.max) + 1, 'and nothing in between is lost')
      last = Number(found?.max)
      await database.close()
    }
  })

  t.test('starts over when its first start was killed', async (t) => {
    const dataDir = await temporaryFolder(t)
    await mkdir(join(dataDir, 'postgres.part-1', 'base'), { recursive: true })
    const database = await open(t, dataDir)
    await database.ping()
    t.same((await readdir(dataDir)).sort(), ['postgres', 'postgres.lock'])
  })

  t.test('needs a writable folder', async (t) => {
    const folder = await temporaryFolder(t)
    const file = join(folder, 'file')
    await writeFile(file, '')
    const sealed = join(folder, 'sealed')
    await mkdir(sealed)
    await chmod(sealed, 0o500)
    const impossible = [file, join(file, 'below'), '/proc/nope/data']
    // Root can write to any folder.
    if (process.getuid?.() !== 0) impossible.push(join(sealed, 'data'), sealed)
    for (const DATA_DIR of impossible) {
      await t.rejects(openDatabase({ ...defaults, DATA_DIR }), {
        name: 'ConfigError',
        message: /^DATA_DIR: ".*" cannot be written \(E\w+\)\. Set DATA_DIR to a folder that can be written\.$/,
      })
    }
  })
})

t.test('a database in memory', async (t) => {
  const database = await openDatabase({ ...defaults, DATABASE_URL: 'memory:', DATA_DIR: '/nowhere' })
  t.teardown(() => database.close())

  t.test('rolls a transaction back when its work throws', async (t) => {
    await database.run((queries) => queries.execute(sql`create table notes (text text)`))
    const work = database.transaction(async (tx) => {
      await tx.execute(sql`insert into notes values ('gone')`)
      throw new Error('changed my mind')
    })
    await t.rejects(work, { message: 'changed my mind' })
    t.same(await rows(database, 'select * from notes'), [])
  })

  t.test('reports errors without the values that caused them', async (t) => {
    await database.run((queries) => queries.execute(sql`create unique index notes_text on notes (text)`))
    const insert = () =>
      database.run((queries) => queries.execute(sql`insert into notes values (${'ada@example.com'})`))
    await insert()
    const error = await insert().catch((error: unknown) => error)
    t.match(error, { name: 'DatabaseError', sqlState: '23505', constraint: 'notes_text' })
    t.notMatch(JSON.stringify(error, Object.getOwnPropertyNames(error)), /ada@example/)
    t.notOk((error as Error).cause)
  })
})

t.test('a lock file', async (t) => {
  const path = join(await temporaryFolder(t), 'lock')

  t.test('of a dead process is taken over', async (t) => {
    const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await once(gone, 'exit')
    for (const content of [JSON.stringify({ pid: gone.pid, started: 'long ago' }), '', 'nonsense', '{"pid":-1}']) {
      await writeFile(path, content)
      mustTake(t, path, content)
    }
  })

  const skip = process.platform === 'linux' ? false : 'only Linux tells when a process started'
  t.test('of an earlier process with the pid of a running one is taken over', { skip }, async (t) => {
    await writeFile(path, JSON.stringify({ pid: process.ppid, started: 'another boot/1' }))
    mustTake(t, path)
  })

  t.test('is taken over by only one of many processes', { skip }, async (t) => {
    await writeFile(path, JSON.stringify({ pid: process.ppid, started: 'another boot/1' }))
    const script = `import { lockFile } from ${JSON.stringify(new URL('../../src/platform/lock-file.js', import.meta.url).href)}
      process.stdout.write('release' in lockFile(process.argv[1]) ? 'mine ' : 'theirs ')
      process.stdin.resume()`
    const rivals = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script, path], { stdio: ['pipe', 'pipe', 'inherit'] }),
    )
    const answers = await Promise.all(rivals.map(async (rival) => String((await once(rival.stdout, 'data'))[0])))
    t.same(answers.sort(), ['mine ', ...Array(5).fill('theirs ')])
    for (const rival of rivals) rival.stdin.end()
    await Promise.all(rivals.map((rival) => rival.exitCode ?? once(rival, 'exit')))
  })
})

function mustTake(t: Test, path: string, message = 'is taken'): void {
  const lock = lockFile(path)
  t.ok('release' in lock, message)
  if ('release' in lock) lock.release()
}

async function open(t: Test, dataDir: string): Promise<Database> {
  const database = await openDatabase({ ...defaults, DATA_DIR: dataDir })
  t.teardown(() => database.close())
  return database
}

function startWriter(t: Test, dataDir: string, from: number) {
  const script = fileURLToPath(new URL('./database-writer.js', import.meta.url))
  const args = [...process.execArgv, script, dataDir, String(from)]
  const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => writer.kill('SIGKILL'))
  return writer
}

async function rows(database: Database, text: string): Promise<Record<string, unknown>[]> {
  const result = await database.run((queries) => queries.execute(sql.raw(text)))
  return (result as unknown as { rows: Record<string, unknown>[] }).rows
}

async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'course-app-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}
