import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import type { LoadOrder, LoadResult } from '../load.ts'
import type { Peer } from '../peer.ts'
import { startProgress } from '../progress.ts'
import type { RunningServer } from '../server.ts'
import { shuffled } from '../statistics.ts'
import { pgbench } from './pgbench.ts'
import { type Crowd, readCourse, sold, stockShop } from './shop.ts'

/** Something that makes reservations, or answers with courses. */
export interface Contender {
  readonly name: string
  /** Undefined for pgbench. */
  readonly server?: RunningServer
}

/** What is measured in one go. */
export interface Discipline {
  readonly title: string
  readonly clients: number
  /** Undefined for reading a course. */
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

/** What everything runs in. */
export interface Ground {
  readonly sql: Sql
  readonly databaseUrl: string
  readonly pgbenchProgram: string
  readonly script: string
  readonly load: Peer<LoadOrder, LoadResult>
  readonly folder: string
  readonly seconds: number
}

/** After so many V8 compiles next to nothing any more. */
const WARM_UP_REQUESTS = 50_000

/** No server here makes so many reservations in a second. */
const MOST_PER_SECOND = 25_000

/** With how many requests or transactions were answered. */
type Speed = Pick<Measurement, 'perSecond' | 'p50Ms' | 'p99Ms'> & { readonly count: number }

/**
 * Measures every contender in every discipline, `rounds` times in random order, after a warm-up.
 *
 * @throws when a request fails, or when the database does not hold what was answered.
 */
export async function runAll(
  ground: Ground,
  disciplines: readonly Discipline[],
  rounds: number,
): Promise<Measurement[]> {
  const warmUp = warmUpOf(disciplines)
  const perRound = disciplines.reduce((sum, { contenders }) => sum + contenders.length, 0)
  const progress = startProgress(warmUp.length + perRound * rounds)
  const take = async (discipline: Discipline, contender: Contender) => {
    const { perSecond, p50Ms, p99Ms } = await measure(ground, discipline, contender)
    progress.step(`${contender.name} ${discipline.title} ${Math.round(perSecond)}/s`)
    return { discipline, contender: contender.name, perSecond, p50Ms, p99Ms }
  }
  try {
    progress.round('warm-up')
    for (const { discipline, contender } of warmUp) {
      let requests = 0
      while (requests < WARM_UP_REQUESTS) requests += (await measure(ground, discipline, contender)).count
      progress.step(contender.name)
    }
    const measurements: Measurement[] = []
    for (let round = 1; round <= rounds; round++) {
      progress.round(`round ${round} of ${rounds}`)
      for (const discipline of disciplines) {
        for (const contender of shuffled(discipline.contenders)) {
          measurements.push({ round, ...(await take(discipline, contender)) })
        }
      }
    }
    return measurements
  } finally {
    progress.done()
  }
}

/**
 * What is done before anything counts: every server gets load of each kind that it will have, until V8 has compiled
 * what is hot. A reservation runs through so much code that this takes tens of thousands of them, the more the more
 * a phase adds. Many clients have them made soonest.
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

async function measure(ground: Ground, discipline: Discipline, { server }: Contender): Promise<Speed> {
  const { clients, crowd } = discipline
  if (crowd === undefined) return await ask(ground, server as RunningServer, clients, `/v1/courses/${readCourse}`)

  const perClient = Math.ceil((MOST_PER_SECOND * ground.seconds) / clients)
  await stockShop(ground.sql, perClient * clients, crowd)
  const speed = server
    ? await ask(ground, server, clients, '/v1/bookings/{id}:reserve', { method: 'POST', firstId: 0 })
    : await runPgbench(ground, clients, perClient)
  await expectSold(ground.sql, speed.count, clients)
  return speed
}

async function ask(
  { load, seconds }: Ground,
  server: RunningServer,
  connections: number,
  path: string,
  more: Partial<LoadOrder> = {},
) {
  const result = await load.ask({ url: server.origin + path, connections, seconds, ...more })
  if (result.refused > 0) {
    throw new Error(`${path}: ${result.refused} refused\n${server.lastWords()}`)
  }
  const { answered, p50Ms, p99Ms } = result
  return { count: answered, perSecond: answered / result.seconds, p50Ms, p99Ms }
}

async function runPgbench(ground: Ground, clients: number, perClient: number) {
  const folder = join(ground.folder, 'pgbench')
  await mkdir(folder, { recursive: true })
  const { databaseUrl, script, seconds } = ground
  const order = { program: ground.pgbenchProgram, databaseUrl, script, clients, seconds, perClient, folder }
  const { transactions, ...speed } = await pgbench(order)
  return { count: transactions, ...speed }
}

/** Requests that the end of a measurement cut off may have reserved too: one for each client. */
async function expectSold(sql: Sql, answered: number, clients: number): Promise<void> {
  const { bookings, seats } = await sold(sql)
  if (bookings !== seats) throw new Error(`${bookings} bookings are reserved, but ${seats} seats are taken`)
  if (bookings < answered || bookings > answered + clients) {
    throw new Error(`${answered} reservations were answered, but ${bookings} are in the database`)
  }
}
