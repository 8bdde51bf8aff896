import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import { type Config, ConfigError } from '../config.ts'
import type { Database } from './database.ts'
import { causeOf, connectionState, DatabaseError, unwrapped } from './database-error.ts'
import { DomainError } from './domain-error.ts'
import { PostgresConnection, type Statement, statementsOver, type Target } from './postgres-connection.ts'
import { PostgresPool } from './postgres-pool.ts'
import { SharedStatement } from './shared-statement.ts'
import { transaction } from './transaction.ts'

export type PostgresSettings = Pick<
  Config,
  'OTEL_SERVICE_NAME' | 'DATABASE_POOL_SIZE' | 'DATABASE_STATEMENT_TIMEOUT_MS' | 'DATABASE_CONNECT_TIMEOUT_MS'
>

/** How to wait for a PostgreSQL server that does not accept connections yet. */
export interface StartupWait {
  /** Milliseconds until the last attempt. Default: 30 s. */
  readonly timeoutMs?: number
  /** Called with the reason when the first attempt fails. */
  readonly onWait?: (reason: Error) => void
}

/**
 * Connects to a PostgreSQL server. If it becomes unavailable later, `run` and `transaction` throw `DomainError` with code
 * `unavailable`: within the connect timeout or, if the server hangs, shortly after the statement timeout.
 *
 * @throws ConfigError when the server does not become available in time, or denies access
 */
export async function openPostgres(url: string, settings: PostgresSettings, wait: StartupWait): Promise<Database> {
  const target: Target = {
    url: parse(url),
    applicationName: settings.OTEL_SERVICE_NAME,
    connectMs: settings.DATABASE_CONNECT_TIMEOUT_MS,
    statementMs: settings.DATABASE_STATEMENT_TIMEOUT_MS,
  }
  const first = await firstConnection(target, wait)
  const open = () => PostgresConnection.open(target)
  const pool = new PostgresPool(open, settings.DATABASE_POOL_SIZE, settings.DATABASE_STATEMENT_TIMEOUT_MS)
  pool.add(first)
  return overPool(pool, target)
}

function overPool(pool: PostgresPool, target: Target): Database {
  const execute = (statement: Statement) =>
    pool.use((connection) => connection.execute({ ...statement, commits: true }))
  const { queries } = statementsOver(execute)
  return {
    run: (work) => available(work(queries)),
    transaction: (work) =>
      available(
        pool.use((connection) => {
          const { queries, share } = connection.statements
          return transaction(connection, () => work(queries, share))
        }),
      ),
    share: (text) => {
      const { call } = new SharedStatement(text, (values, shares) => execute({ text, values, shape: 'arrays', shares }))
      return (values) => available(call(values))
    },
    migrate: (folder) => migrateUnderLock(target, folder),
    ping: () => pool.use(async (connection) => void (await connection.send({ text: 'select 1' }))),
    close: () => pool.close(),
  }
}

/** Turns the error of an outage into an error of the domain; only here. */
function available<R>(result: PromiseLike<R>): Promise<R> {
  return Promise.resolve(result).catch((thrown: unknown) => {
    const error = causeOf(thrown)
    if (!(error instanceof DatabaseError && error.isTransient)) throw error
    const message = error.sqlState === connectionState.outcomeUnknown ? OUTCOME_UNKNOWN : UNAVAILABLE
    throw new DomainError('unavailable', message, [], { cause: error })
  })
}

const UNAVAILABLE = 'The data cannot be reached just now. Try again shortly.'
const OUTCOME_UNKNOWN =
  'The data cannot be reached just now. The change may have been made or not: look before you try again.'

/** When many processes start at once, one migrates and the others wait for it. */
async function migrateUnderLock(target: Target, folder: URL): Promise<void> {
  // Not from the pool: a migration may exceed its statement timeout.
  const connection = await PostgresConnection.open({ ...target, statementMs: MAX_MIGRATION_MS })
  try {
    await connection.send({ text: `set lock_timeout = ${MAX_LOCK_MS}` })
    await connection.send({ text: `select pg_advisory_lock(hashtext('course-app migrations'))` }) // until it closes
    await unwrapped(() => migrate(drizzle(connection.client), { migrationsFolder: fileURLToPath(folder) }))
  } finally {
    await connection.close()
  }
}

const MAX_MIGRATION_MS = 600_000
const MAX_LOCK_MS = 60_000

/** Errors that a retry cannot fix. */
const permanent: Record<string, string> = {
  '28000': 'does not let this user in',
  '28P01': 'has a wrong user or password',
  '3D000': 'names a database that does not exist',
}

const FIRST_PAUSE_MS = 50
const MAX_PAUSE_MS = 1000

async function firstConnection(target: Target, wait: StartupWait): Promise<PostgresConnection> {
  const deadline = performance.now() + (wait.timeoutMs ?? 30_000)
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
    try {
      return await PostgresConnection.open(target)
    } catch (error) {
      const { message, sqlState = '' } = error as DatabaseError
      const problem = permanent[sqlState]
      if (problem) throw new ConfigError('DATABASE_URL', problem, `The server says: ${message}.`)
      if (performance.now() + pauseMs > deadline) throw notThere(target, message)
      if (pauseMs === FIRST_PAUSE_MS) wait.onWait?.(error as DatabaseError)
      await sleep(pauseMs)
    }
  }
}

function notThere({ url }: Target, message: string): ConfigError {
  const problem = `no PostgreSQL is ready at ${url.host} (${message})`
  return new ConfigError('DATABASE_URL', problem, 'Start it, or leave DATABASE_URL unset.')
}

/** The error does not quote the URL, which holds the password. */
function parse(text: string): URL {
  try {
    const url = new URL(text)
    decodeURIComponent(url.username + url.password)
    if (!url.hostname.includes(',')) return url
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof URIError)) throw error
  }
  const remedy = 'Set DATABASE_URL to postgres://user:password@host:port/database.'
  throw new ConfigError('DATABASE_URL', 'is not a URL of one server', remedy)
}
