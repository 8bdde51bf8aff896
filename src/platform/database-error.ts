/**
 * A statement that the database refused. Unlike the driver's error and Drizzle's, it does not carry
 * the statement's values, which may be personal data and would end up in logs and spans.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'

  constructor(
    message: string,
    /** https://www.postgresql.org/docs/current/errcodes-appendix.html */
    readonly sqlState: string | undefined,
    /** The constraint that would have been violated. */
    readonly constraint: string | undefined,
  ) {
    super(message)
  }
}
