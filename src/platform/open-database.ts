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

/** The settings for opening a database. */
export type DatabaseConfig = Pick<Config, 'DATABASE_URL' | 'DATA_DIR'> & PostgresSettings

/**
 * Opens the database that the configuration names.
 *
 * @throws ConfigError when that fails, for example because another process uses the embedded database.
 */
export async function openDatabase(config: DatabaseConfig, wait: StartupWait = {}): Promise<Database> {
  const { DATABASE_URL, DATA_DIR } = config
  if (DATABASE_URL === undefined) return openEmbeddedDatabase(DATA_DIR)
  if (DATABASE_URL === 'memory:') return openEmbeddedDatabase()
  // Loaded on demand: with the embedded database, the driver would only slow down the start.
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
