import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/** Drizzle's query builder, with which stores build their statements for any driver. */
export type Queries = PgDatabase<PgQueryResultHKT>

/**
 * Returns a function that calls a statement which concurrent callers share. Its placeholders are arrays with an element
 * for each caller, and each row that it returns starts with the caller's position, counted from 1. Times in rows are
 * PostgreSQL's text. The statement is announced once, with the shares of its callers. Each caller gets the same errors as
 * from `run`.
 */
export type Share = (text: string) => CallShared

/** Calls a shared statement with a value for each of its placeholders. Returns the caller's row, if there is one. */
export type CallShared = (values: readonly string[]) => Promise<readonly unknown[] | undefined>

/** Two ways to run statements in a transaction, where a shared statement has a single caller. */
export interface Statements {
  readonly queries: Queries
  readonly share: Share
}

/** PostgreSQL, embedded or remote. All statements are announced, except those of `migrate` and `ping`. */
export interface Database {
  /**
   * Runs statements one by one. Throws `DatabaseError` when the database refuses a statement, and `DomainError` with code
   * `unavailable` when the database cannot be reached.
   */
  run<R>(work: (queries: Queries) => PromiseLike<R>): Promise<R>
  /** Runs statements in one transaction, which is rolled back when `work` throws. Use only the arguments of `work`. */
  transaction<R>(work: (queries: Queries, share: Share) => Promise<R>): Promise<R>
  readonly share: Share
  /** Applies a folder of drizzle-kit's migrations. Several processes may do so at once. */
  migrate(folder: URL): Promise<void>
  /** Resolves when the database responds. */
  ping(): Promise<void>
  /** Waits for running statements, then closes files and connections. Safe to call twice. */
  close(): Promise<void>
}
