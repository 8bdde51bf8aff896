import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/** What a store builds its statements with: Drizzle's query builder, whichever driver is below it. */
export type Queries = PgDatabase<PgQueryResultHKT>

/**
 * Gives a call of a statement that those who want it at the same time share. Its placeholders are arrays with an
 * element for each caller, and a row that it gives starts with the position, from 1 on, of the caller whom it is for.
 * Times in rows are PostgreSQL's text. The statement is announced once, with the shares of its callers. Each caller
 * gets the errors that `run` would give.
 */
export type Share = (text: string) => CallShared

/** Calls a shared statement with a value for each of its placeholders. Gives the caller's row, if there is one. */
export type CallShared = (values: readonly string[]) => Promise<readonly unknown[] | undefined>

/** Two ways into the same transaction, in which a shared statement is its caller's alone. */
export interface Statements {
  readonly queries: Queries
  readonly share: Share
}

/** A PostgreSQL, embedded or remote. All statements but those of `migrate` and `ping` are announced. */
export interface Database {
  /**
   * Runs statements one by one. Throws `DatabaseError` when the database refuses one, and `DomainError`
   * with code `unavailable` when it is away.
   */
  run<R>(work: (queries: Queries) => PromiseLike<R>): Promise<R>
  /** Runs statements in one transaction, which is rolled back when `work` throws. Use only what it is given. */
  transaction<R>(work: (queries: Queries, share: Share) => Promise<R>): Promise<R>
  readonly share: Share
  /** Brings the schema up to date with a folder of drizzle-kit's migrations. Many processes may do so at once. */
  migrate(folder: URL): Promise<void>
  /** Resolves when the database answers. */
  ping(): Promise<void>
  /** Waits for what is running, then lets go of files and connections. Safe to call twice. */
  close(): Promise<void>
}
