import { fileURLToPath } from 'node:url'
import { PGlite, type QueryOptions, types } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import type { DatabaseId, ShareAnnouncement } from '../../phases/announcements.ts'
import { clusterIn } from './data-dir.ts'
import type { Database, Statements } from './database.ts'
import { unwrapped, withoutValues } from './database-error.ts'
import { startParams, templateBlob } from './embedded-template.ts'
import { Mutex } from './mutex.ts'
import { type CallersRow, callAlone, SharedStatement } from './shared-statement.ts'
import { announceStatement } from './statement.ts'
import { type Session, transaction } from './transaction.ts'

/**
 * Opens PGlite, which is PostgreSQL inside this process.
 *
 * @param dataDir the folder for the data, which one process at a time can use; without it the data stays in memory
 * @throws ConfigError when the folder cannot be used
 */
export async function openEmbeddedDatabase(dataDir?: string): Promise<Database> {
  if (dataDir === undefined) {
    return overPGlite(await PGlite.create({ startParams, loadDataDir: await templateBlob() }))
  }
  const cluster = await clusterIn(dataDir)
  try {
    const pglite = await PGlite.create({ dataDir: cluster.folder, startParams })
    return overPGlite(pglite, cluster.release)
  } catch (error) {
    cluster.release()
    throw error
  }
}

/** PGlite has one database, of this name. */
const ID: DatabaseId = { namespace: 'postgres' }

function overPGlite(pglite: PGlite, release = () => {}): Database {
  const mutex = new Mutex()
  const alone = statementsOver((work) => mutex.run(work))
  const inTransaction = statementsOver((work) => work())
  const session: Session = {
    database: ID,
    control: async (text) => (await pglite.query(text).catch(refused)).command,
    get isBroken() {
      return pglite.closed
    },
    destroy() {}, // There is no other connection.
  }
  let closing: Promise<void> | undefined
  return {
    run: (work) => unwrapped(async () => await work(alone.queries)),
    transaction: (work) =>
      unwrapped(() => mutex.run(() => transaction(session, () => work(inTransaction.queries, inTransaction.share)))),
    share: (text) =>
      new SharedStatement(text, (values, shares) => mutex.run(() => sendAsArrays(text, values, shares))).call,
    // Migrations and health checks are not announced: they are not the service's own work.
    migrate: (folder) =>
      unwrapped(() => mutex.run(() => migrate(drizzle(pglite), { migrationsFolder: fileURLToPath(folder) }))),
    ping: () => mutex.run(async () => void (await pglite.query('select 1').catch(refused))),
    close: () => {
      closing ??= mutex.run(() => pglite.close()).finally(release)
      return closing
    },
  }

  /** Statements that are sent inside `inTurn`. */
  function statementsOver(inTurn: <R>(work: () => Promise<R>) => Promise<R>): Statements {
    const query: PGlite['query'] = <Row>(text: string, values?: unknown[], options?: QueryOptions) =>
      inTurn(() =>
        announceStatement(
          ID,
          text,
          () => pglite.query<Row>(text, values, options).catch(refused),
          ({ rows, affectedRows }) => rows.length || (affectedRows ?? 0),
        ),
      )
    return {
      queries: drizzle({ query } as PGlite), // Drizzle asks nothing more of its client
      share: (text) => (values) => callAlone((arrays) => sendAsArrays(text, arrays), values),
    }
  }

  function sendAsArrays(text: string, values: readonly string[], shares?: readonly ShareAnnouncement[]) {
    const options: QueryOptions = { rowMode: 'array', parsers: { [types.TIMESTAMPTZ]: String } }
    return announceStatement(
      ID,
      text,
      () => pglite.query<CallersRow>(text, [...values], options).catch(refused),
      ({ rows }) => rows.length,
      shares,
    )
  }
}

function refused(error: unknown): never {
  throw withoutValues(error)
}
