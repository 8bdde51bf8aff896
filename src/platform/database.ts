import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import fp from 'fastify-plugin'
import { type Config, ConfigError } from '../config.ts'
import { openEmbeddedDatabase } from './embedded-database.ts'

declare module 'fastify' {
  interface FastifyInstance {
    database: Database
  }
}

/** What a store builds its statements with: Drizzle's query builder, whichever driver is below it. */
export type Queries = PgDatabase<PgQueryResultHKT>

/** A PostgreSQL, embedded or remote. The statements of `run` and `transaction` are announced on `signals.query`. */
export interface Database {
  /** Runs statements one by one. Throws `DatabaseError` when the database refuses one. */
  run<R>(work: (queries: Queries) => PromiseLike<R>): Promise<R>
  /** Runs statements in one transaction, which is rolled back when `work` throws. Use only the `queries` given. */
  transaction<R>(work: (queries: Queries) => Promise<R>): Promise<R>
  /** Brings the schema up to date with a folder of drizzle-kit's migrations. */
  migrate(folder: URL): Promise<void>
  /** Resolves when the database answers. */
  ping(): Promise<void>
  /** Waits for what is running, then lets go of files and connections. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Opens the database that the configuration names.
 *
 * @throws ConfigError when that cannot work, such as when another process has the embedded one open.
 */
export function openDatabase(config: Pick<Config, 'DATABASE_URL' | 'DATA_DIR'>): Promise<Database> {
  if (config.DATABASE_URL === undefined) return openEmbeddedDatabase(config.DATA_DIR)
  if (config.DATABASE_URL === 'memory:') return openEmbeddedDatabase()
  throw new ConfigError(
    'DATABASE_URL',
    'names a PostgreSQL server, which this version cannot use yet',
    'Set DATABASE_URL to memory: or leave it unset.',
  )
}

/** Decorates the app with `app.database`, and closes it with the app. */
export const database = fp<{ config: Config }>(
  async (app, { config }) => {
    const opened = await openDatabase(config)
    app.decorate('database', opened)
    app.addHook('onClose', () => opened.close())
  },
  { name: 'database' },
)
