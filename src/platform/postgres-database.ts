import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import { type Config, ConfigError } from '../config.ts'
import type { Database } from './database.ts'
import { causeOf, connectionState, DatabaseError, unwrapped } from './database-error.ts'
import { DomainError } from './domain-error.ts'
import { PostgresConnection, statementsOver, type Target } from './postgres-connection.ts'
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
 * Connects to a PostgreSQL server. While it is away later on, `run` and `transaction` throw `DomainError`
 * with code `unavailable`, within the connect timeout or, if it hangs, shortly after the statement timeout.
 *
 * @throws ConfigError when it is not there in the end, or does not let us in
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
  const { queries } = statementsOver((text, values, shape) =>
    pool.use((connection) => connection.announced(text, () => connection.commit(text, values, shape))),
  )
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
      const statement = new SharedStatement(text, (values, shares) =>
        pool.use((connection) => connection.announced(text, () => connection.commit(text, values, 'arrays'), shares)),
      )
      return (values) => available(statement.call(values))
    },
    migrate: (folder) => migrateAlone(target, folder),
    ping: () => pool.use(async (connection) => void (await connection.query('select 1'))),
    close: () => pool.close(),
  }
}

/** The one place where an outage becomes an error of the domain. */
function available<R>(result: PromiseLike<R>): Promise<R> {
  return Promise.resolve(result).catch((thrown: unknown) => {
    const error = causeOf(thrown)
    if (!(error instanceof DatabaseError && error.isTransient)) throw error
    const message = error.sqlState === connectionState.outcomeUnknown ? OUTCOME_UNKNOWN : AWAY
    throw new DomainError('unavailable', message, [], { cause: error })
  })
}

const AWAY = 'The data cannot be reached just now. Try again shortly.'
const OUTCOME_UNKNOWN =
  'The data cannot be reached just now. The change may have been made or not: look before you try again.'

/** Of many processes that start at once, one migrates and the others wait for it. */
async function migrateAlone(target: Target, folder: URL): Promise<void> {
  // Not from the pool, whose statement timeout a migration may well exceed.
  const connection = await PostgresConnection.open({ ...target, statementMs: LONGEST_STATEMENT_MS })
  try {
    await connection.query(`set lock_timeout = ${LONGEST_WAIT_MS}`)
    await connection.query(`select pg_advisory_lock(hashtext('course-app migrations'))`) // until the connection ends
    await unwrapped(() => migrate(drizzle(connection.client), { migrationsFolder: fileURLToPath(folder) }))
  } finally {
    await connection.close()
  }
}

const LONGEST_STATEMENT_MS = 600_000
const LONGEST_WAIT_MS = 60_000

/** A wrong password will not become right, and neither will a database that does not exist; the rest may. */
const hopeless: Record<string, string> = {
  '28000': 'does not let this user in',
  '28P01': 'has a wrong user or password',
  '3D000': 'names a database that does not exist',
}

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1000

async function firstConnection(target: Target, wait: StartupWait): Promise<PostgresConnection> {
  const deadline = performance.now() + (wait.timeoutMs ?? 30_000)
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await PostgresConnection.open(target)
    } catch (error) {
      const { message, sqlState = '' } = error as DatabaseError
      const problem = hopeless[sqlState]
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

/** Says nothing of what is wrong with it, because the password is in there. */
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
