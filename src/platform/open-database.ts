import fp from 'fastify-plugin'
import type { Config } from '../config.ts'
import type { Database } from './database.ts'
import { openEmbeddedDatabase } from './embedded-database.ts'
import type { PostgresSettings, StartupWait } from './postgres-database.ts'

declare module 'fastify' {
  interface FastifyInstance {
    database: Database
  }
}

/** The settings that say which database and how to use it. */
export type DatabaseConfig = Pick<Config, 'DATABASE_URL' | 'DATA_DIR'> & PostgresSettings

/**
 * Opens the database that the configuration names.
 *
 * @throws ConfigError when that cannot work, such as when another process has the embedded one open.
 */
export async function openDatabase(config: DatabaseConfig, wait: StartupWait = {}): Promise<Database> {
  const { DATABASE_URL, DATA_DIR } = config
  if (DATABASE_URL === undefined) return openEmbeddedDatabase(DATA_DIR)
  if (DATABASE_URL === 'memory:') return openEmbeddedDatabase()
  // Loaded only here: with the embedded database, its driver need not cost a moment at the start.
  const { openPostgres } = await import('./postgres-database.ts')
  return openPostgres(DATABASE_URL, config, wait)
}

/** Decorates the app with `app.database`, and closes it with the app. */
export const database = fp<{ config: Config }>(
  async (app, { config }) => {
    const onWait = (err: Error) => app.log.warn({ err }, 'the database is not there yet; waiting for it')
    const opened = await openDatabase(config, { onWait })
    app.decorate('database', opened)
    app.addHook('onClose', () => opened.close())
  },
  { name: 'database' },
)
