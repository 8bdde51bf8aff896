import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import type { HelperProcess } from '../helper-process.ts'
import type { LoadResult, LoadSpec } from '../load.ts'
import { startProgress } from '../progress.ts'
import type { RunningServer } from '../server.ts'
import { shuffled } from '../statistics.ts'
import { type Crowd, countReserved, readCourse, resetBookings } from './fixtures.ts'
import { pgbench } from './pgbench.ts'

/** Makes reservations or serves courses, and is measured. */
export interface Contender {
  readonly name: string
  /** Undefined for pgbench. */
  readonly server?: RunningServer
}

/** A workload that all its contenders are measured on. */
export interface Discipline {
  readonly title: string
  readonly clients: number
  /** Undefined when the workload reads a course. */
  readonly crowd?: Crowd
  readonly contenders: readonly Contender[]
}

export interface Measurement {
  readonly round: number
  readonly discipline: Discipline
  readonly contender: string
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Shared by all measurements. */
export interface BookingContext {
  readonly sql: Sql
  readonly databaseUrl: string
  readonly pgbenchProgram: string
  readonly script: string
  readonly load: HelperProcess<LoadSpec, LoadResult>
  readonly folder: string
  readonly seconds: number
}

/** After this many requests, V8 has compiled almost all the code it will compile. */
const WARM_UP_REQUESTS = 50_000

/** More reservations per second than any server here makes. */
const MAX_PER_SECOND = 25_000

/** `count` is the number of answered requests or transactions. */
type Speed = Pick<Measurement, 'perSecond' | 'p50Ms' | 'p99Ms'> & { readonly count: number }

/**
 * Measures every contender in every discipline, `rounds` times in random order, after a warm-up.
 *
 * @throws when a request fails, or when the database disagrees with the answers.
 */
export async function runAll(
  context: BookingContext,
  disciplines: readonly Discipline[],
  rounds: number,
): Promise<Measurement[]> {
  const warmUp = warmUpOf(disciplines)
  const perRound = disciplines.reduce((sum, { contenders }) => sum + contenders.length, 0)
  const progress = startProgress(warmUp.length + perRound * rounds)
  const measureAndReport = async (discipline: Discipline, contender: Contender) => {
    const { perSecond, p50Ms, p99Ms } = await measure(context, discipline, contender)
    progress.step(`${contender.name} ${discipline.title} ${Math.round(perSecond)}/s`)
    return { discipline, contender: contender.name, perSecond, p50Ms, p99Ms }
  }
  try {
    progress.round('warm-up')
    for (const { discipline, contender } of warmUp) {
      let requests = 0
      while (requests < WARM_UP_REQUESTS) requests += (await measure(context, discipline, contender)).count
      progress.step(contender.name)
    }
    const measurements: Measurement[] = []
    for (let round = 1; round <= rounds; round++) {
      progress.round(`round ${round} of ${rounds}`)
      for (const discipline of disciplines) {
        for (const contender of shuffled(discipline.contenders)) {
          measurements.push({ round, ...(await measureAndReport(discipline, contender)) })
        }
      }
    }
    return measurements
  } finally {
    progress.done()
  }
}

/**
 * The warm-up: every server gets each kind of load until V8 has compiled the hot code. A reservation runs through so
 * much code that this takes tens of thousands of requests, more in later phases. Many clients send them fastest.
 */
function warmUpOf(disciplines: readonly Discipline[]) {
  const kinds = new Set<string>()
  const crowdedFirst = [...disciplines].sort((a, b) => b.clients - a.clients)
  return crowdedFirst.flatMap((discipline) =>
    discipline.contenders.flatMap((contender) => {
      const kind = `${contender.server?.origin} ${discipline.crowd === undefined ? 'reads' : 'reservations'}`
      if (contender.server === undefined || kinds.has(kind)) return []
      kinds.add(kind)
      return [{ discipline, contender }]
    }),
  )
}

async function measure(context: BookingContext, discipline: Discipline, { server }: Contender): Promise<Speed> {
  const { clients, crowd } = discipline
  if (crowd === undefined)
    return await putLoadOn(context, server as RunningServer, clients, `/v1/courses/${readCourse}`)

  const perClient = Math.ceil((MAX_PER_SECOND * context.seconds) / clients)
  await resetBookings(context.sql, perClient * clients, crowd)
  const speed = server
    ? await putLoadOn(context, server, clients, '/v1/bookings/{id}:reserve', { method: 'POST', firstId: 0 })
    : await runPgbench(context, clients, perClient)
  await expectReserved(context.sql, speed.count, clients)
  return speed
}

async function putLoadOn(
  { load, seconds }: BookingContext,
  server: RunningServer,
  connections: number,
  path: string,
  more: Partial<LoadSpec> = {},
) {
  const result = await load.request({ url: server.origin + path, connections, seconds, ...more })
  if (result.refused > 0) {
    throw new Error(`${path}: ${result.refused} refused\n${server.stderrTail()}`)
  }
  const { answered, p50Ms, p99Ms } = result
  return { count: answered, perSecond: answered / result.seconds, p50Ms, p99Ms }
}

async function runPgbench(context: BookingContext, clients: number, perClient: number) {
  const folder = join(context.folder, 'pgbench')
  await mkdir(folder, { recursive: true })
  const { databaseUrl, script, seconds } = context
  const options = { program: context.pgbenchProgram, databaseUrl, script, clients, seconds, perClient, folder }
  const { transactions, ...speed } = await pgbench(options)
  return { count: transactions, ...speed }
}

/** A request that was in flight at the end may have reserved too: at most one per client. */
async function expectReserved(sql: Sql, answered: number, clients: number): Promise<void> {
  const { bookings, seats } = await countReserved(sql)
  if (bookings !== seats) throw new Error(`${bookings} bookings are reserved, but ${seats} seats are taken`)
  if (bookings < answered || bookings > answered + clients) {
    throw new Error(`${answered} reservations were answered, but ${bookings} are in the database`)
  }
}
