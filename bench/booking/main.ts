/**
 * `npm run bench:booking`: reservations per second against PostgreSQL in phases 0 and 5, beside pgbench with
 * the same statements, and course reads per second from the cache. It starts its own servers.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import postgres, { type Sql } from 'postgres'
import { loadConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/platform/open-database.ts'
import { findProgram } from '../../testkit/installed.ts'
import { startPostgres } from '../../testkit/postgres-server.ts'
import { startRedis } from '../../testkit/redis-server.ts'
import { startHelper } from '../helper-process.ts'
import { Interrupted, interruption } from '../interruption.ts'
import type { LoadResult, LoadSpec } from '../load.ts'
import { positive } from '../options.ts'
import { type RunningServer, startServer } from '../server.ts'
import { type Sink, startSink } from '../sink-client.ts'
import { allSubjects, type Subject } from '../subjects.ts'
import { createCourses } from './fixtures.ts'
import { checkTargets, markdownReport, summarize } from './report.ts'
import { type BookingContext, type Contender, type Discipline, runAll } from './run.ts'
import { reservationScript } from './statements.ts'

const usage = `Usage: npm run bench:booking -- [options]

  --rounds N     measurements of each line, default 9
  --seconds N    length of a measurement, default 2
  --only TEXT    only the lines whose name holds TEXT, such as '10 clients'
  --json         a machine-readable result instead of the table
  --assert       exit code 1 when a target is missed

It needs PostgreSQL with pgbench, and Redis: apt-get install postgresql redis-server`

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url))
const spread = '10 clients, many batches'
const crowded = '10 clients, one batch'

/** Run at the end, last first. */
const teardowns: (() => unknown)[] = []
const cleanup = { teardown: (work: () => unknown) => void teardowns.push(work) }
/** Kills the servers that are still starting. */
const stopping = new AbortController()

async function run(rounds: number, seconds: number, only: string, json: boolean): Promise<boolean> {
  const pgbenchProgram = findProgram('pgbench')
  if (pgbenchProgram === undefined || findProgram('redis-server') === undefined) throw new Error(usage)

  const folder = await mkdtemp(join(tmpdir(), 'course-bench-'))
  cleanup.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const { url: databaseUrl } = await startPostgres(cleanup, { durable: true })
  const redis = await startRedis(cleanup)
  const sink = startSink()
  cleanup.teardown(sink.stop)
  const load = startHelper<LoadSpec, LoadResult>(new URL('../load.js', import.meta.url))
  cleanup.teardown(load.stop)

  const servers = await startServers(folder, databaseUrl, redis.url, sink)
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  cleanup.teardown(() => sql.end())
  await createCourses(sql)
  const script = await reservationScriptFor(databaseUrl, sql)

  const context: BookingContext = { sql, databaseUrl, pgbenchProgram, script, load, folder, seconds }
  const disciplines = disciplinesOf(servers).filter(({ title }) => title.includes(only))
  const measurements = await runAll(context, disciplines, rounds)

  const rows = summarize(measurements, disciplines)
  const targets = checkTargets(measurements, { spread, crowded })
  console.log(
    json ? JSON.stringify({ rows, targets, measurements }, null, 2) : markdownReport(rows, targets, rounds, seconds),
  )
  return targets.every(({ met }) => met !== false)
}

type Servers = Readonly<Record<'phase0' | 'phase5' | 'phase0WithRedis' | 'phase5WithRedis', RunningServer>>

/** Starts phase 0 before the others, because it fills the empty database. */
async function startServers(folder: string, databaseUrl: string, redisUrl: string, sink: Sink): Promise<Servers> {
  const start = async (name: string, extra: Record<string, string> = {}) => {
    const subject = allSubjects(main).find((candidate) => candidate.name === name) as Subject
    const own = join(folder, `${name}-${Object.keys(extra).length}`)
    await mkdir(own)
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: await sink.open(own, 'otlp') }
    const env = { ...endpoint, LOG_FILE: join(own, 'app.log'), DATABASE_URL: databaseUrl, ...extra }
    const server = await startServer({ subject, folder: own, env, nodeArgs: [], signal: stopping.signal })
    cleanup.teardown(server.stop)
    return server
  }
  return {
    phase0: await start('phase0'),
    phase5: await start('phase5'),
    phase0WithRedis: await start('phase0', { REDIS_URL: redisUrl }),
    phase5WithRedis: await start('phase5', { REDIS_URL: redisUrl }),
  }
}

/** Asks the app's own store which statements a reservation sends. */
async function reservationScriptFor(databaseUrl: string, sql: Sql): Promise<string> {
  const database = await openDatabase({ ...loadConfig([]), DATABASE_URL: databaseUrl })
  try {
    return await reservationScript(database, sql)
  } finally {
    await database.close()
  }
}

function disciplinesOf(servers: Servers): Discipline[] {
  const phases: Contender[] = [
    { name: 'phase 0', server: servers.phase0 },
    { name: 'phase 5', server: servers.phase5 },
  ]
  const reserving = [{ name: 'pgbench' }, ...phases]
  const withRedis: Contender[] = [
    { name: 'phase 0', server: servers.phase0WithRedis },
    { name: 'phase 5', server: servers.phase5WithRedis },
  ]
  return [
    { title: '1 client, many batches', clients: 1, crowd: 'many batches', contenders: reserving },
    { title: spread, clients: 10, crowd: 'many batches', contenders: reserving },
    { title: '50 clients, many batches', clients: 50, crowd: 'many batches', contenders: reserving },
    { title: crowded, clients: 10, crowd: 'one batch', contenders: reserving },
    { title: 'Reads, cache in the process', clients: 50, contenders: phases },
    { title: 'Reads, cache in Redis', clients: 50, contenders: withRedis },
  ]
}

try {
  await start()
} catch (error) {
  if (!(error instanceof Interrupted)) console.error(error instanceof Error ? error.message : error)
  process.exitCode = error instanceof Interrupted ? error.exitCode : 1
} finally {
  for (let work = teardowns.pop(); work !== undefined; work = teardowns.pop()) await work()
  stopping.abort()
}

async function start(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '9' },
      seconds: { type: 'string', default: '2' },
      only: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      assert: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return
  }
  const bench = run(positive('rounds', values.rounds), positive('seconds', values.seconds), values.only, values.json)
  const met = await Promise.race([bench, interruption()])
  if (values.assert && !met) process.exitCode = 1
}
