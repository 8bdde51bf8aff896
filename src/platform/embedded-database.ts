import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { clusterIn } from './data-dir.ts'
import type { Database } from './database.ts'
import { unwrapped, withoutValues } from './database-error.ts'
import { startParams, templateBlob } from './embedded-template.ts'
import { announceStatement } from './statement.ts'

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
  // Drizzle asks nothing more of its client than `query` and `transaction`.
  const queries = drizzle(announcing(pglite) as PGlite)
  let closing: Promise<void> | undefined
  return {
    run: (work) => unwrapped(async () => await work(queries)),
    transaction: (work) => unwrapped(() => queries.transaction(work)),
    // The service's own work is announced; how its tables came to be and whether it is well is not.
    migrate: (folder) => unwrapped(() => migrate(drizzle(pglite), { migrationsFolder: fileURLToPath(folder) })),
    ping: async () => void (await pglite.query('select 1').catch(refused)),
    close: () => {
      closing ??= pglite.close().finally(release)
      return closing
    },
  }
}

type Client = Pick<PGlite, 'query'> & Partial<Pick<PGlite, 'transaction'>>

/** The one place that every statement passes on its way into PGlite. */
function announcing(client: Client): Client {
  return {
    query: (text, parameters, options) =>
      announceStatement(
        text,
        () => client.query<never>(text, parameters, options).catch(refused),
        ({ rows, affectedRows }) => rows.length || (affectedRows ?? 0),
      ),
    transaction: (work) => (client as PGlite).transaction((inner) => work({ ...inner, ...announcing(inner) })),
  }
}

function refused(error: unknown): never {
  throw withoutValues(error)
}
