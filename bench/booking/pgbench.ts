import { execFile } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface PgbenchOptions {
  /** Path of `pgbench`. */
  readonly program: string
  readonly databaseUrl: string
  readonly script: string
  readonly clients: number
  readonly seconds: number
  /** Bookings available to each client. */
  readonly perClient: number
  /** An empty folder for the script and the logs. */
  readonly folder: string
}

export interface PgbenchResult {
  readonly transactions: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/**
 * Runs a script with PostgreSQL's own load generator, statements prepared.
 *
 * https://www.postgresql.org/docs/current/pgbench.html
 *
 * @throws when a transaction fails.
 */
export async function pgbench(options: PgbenchOptions): Promise<PgbenchResult> {
  const { program, databaseUrl, script, clients, seconds, perClient, folder } = options
  const file = join(folder, 'reserve.sql')
  const log = join(folder, 'log')
  await writeFile(file, script)
  const { stdout } = await run(program, [
    ...['--no-vacuum', '--protocol', 'prepared', '--file', file, '--log', '--log-prefix', log],
    ...['--client', String(clients), '--jobs', '1', '--time', String(seconds)],
    ...['--define', 'i=0', '--define', `per_client=${perClient}`],
    databaseUrl,
  ])
  if (!/number of failed transactions: 0 /.test(stdout)) throw new Error(`pgbench: ${stdout}`)
  return {
    transactions: Number(/transactions actually processed: (\d+)/.exec(stdout)?.[1]),
    perSecond: Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1]),
    ...(await latencies(folder)),
  }
}

/** The third field of each log line is the duration of a transaction, in microseconds. */
async function latencies(folder: string): Promise<Pick<PgbenchResult, 'p50Ms' | 'p99Ms'>> {
  const logs = (await readdir(folder)).filter((name) => name.startsWith('log')).map((name) => join(folder, name))
  const lines = (await Promise.all(logs.map((log) => readFile(log, 'utf8')))).join('').trim().split('\n')
  const sorted = Float64Array.from(lines, (line) => Number(line.split(' ')[2])).sort()
  await Promise.all(logs.map((log) => rm(log)))
  const quantile = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] as number) / 1000
  return { p50Ms: quantile(0.5), p99Ms: quantile(0.99) }
}
