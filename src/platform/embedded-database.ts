import { fileURLToPath } from 'node:url'
import { PGlite, type QueryOptions, types } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { clusterIn } from './data-dir.ts'
import type { Database, Statements } from './database.ts'
import { unwrapped, withoutValues } from './database-error.ts'
import { startParams, templateBlob } from './embedded-template.ts'
import { type CallersRow, callAlone, SharedStatement } from './shared-statement.ts'
import { announceShared, announceStatement } from './statement.ts'

/**
 * Opens PGlite, which is PostgreSQL inside this process.
 *
 * @param dataDir the folder that keeps the data and that one process at a time can use; without it the
 *   data lives in memory
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

function overPGlite(pglite: PGlite, release = () => {}): Database {
  const { queries } = statementsOf(pglite)
  let closing: Promise<void> | undefined
  return {
    run: (work) => unwrapped(async () => await work(queries)),
    transaction: (work) =>
      unwrapped(() =>
        pglite.transaction((transaction) => {
          const { queries, share } = statementsOf(transaction)
          return work(queries, share)
        }),
      ),
    share: (text) => {
      const statement = new SharedStatement(asArrays(pglite, text))
      return (values) => unwrapped(() => announceShared(text, () => statement.call(values)))
    },
    // The service's own work is announced; how its tables came to be and whether it is well is not.
    migrate: (folder) => unwrapped(() => migrate(drizzle(pglite), { migrationsFolder: fileURLToPath(folder) })),
    ping: async () => void (await pglite.query('select 1').catch(refused)),
    close: () => {
      closing ??= pglite.close().finally(release)
      return closing
    },
  }
}

type Client = Pick<PGlite, 'query'>

/** Every statement on its way into PGlite passes here. */
function statementsOf(client: Client): Statements {
  const query: Client['query'] = <Row>(text: string, values?: unknown[], options?: QueryOptions) =>
    announceStatement(
      text,
      () => client.query<Row>(text, values, options).catch(refused),
      ({ rows, affectedRows }) => rows.length || (affectedRows ?? 0),
    )
  return {
    queries: drizzle({ query } as PGlite), // Drizzle asks nothing more of its client
    share: (text) => (values) => announceShared(text, () => callAlone(asArrays(client, text), values)),
  }
}

function asArrays(client: Client, text: string) {
  const options: QueryOptions = { rowMode: 'array', parsers: { [types.TIMESTAMPTZ]: String } }
  return (values: readonly string[]) => client.query<CallersRow>(text, [...values], options).catch(refused)
}

function refused(error: unknown): never {
  throw withoutValues(error)
}
