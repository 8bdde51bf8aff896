import { DrizzleQueryError } from 'drizzle-orm'

/**
 * A statement that failed. Unlike the errors of the driver and of Drizzle, it has no values of the statement, which may
 * be personal data and would end up in logs and spans.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'

  constructor(
    message: string,
    /** https://www.postgresql.org/docs/current/errcodes-appendix.html */
    readonly sqlState: string | undefined,
    /** The constraint that the statement violated. */
    readonly constraint?: string | undefined,
  ) {
    super(message)
  }

  /**
   * Whether a retry may succeed: the database is unavailable, starting, out of resources or too slow, or it aborted the
   * transaction because of a deadlock or a conflict.
   */
  get isTransient(): boolean {
    return /^(08|40|53|57P0|57014)/.test(this.sqlState ?? '')
  }
}

/** SQLSTATEs of failures that the client detects. */
export const connectionState = { cannotConnect: '08001', lost: '08006', outcomeUnknown: '08007' } as const

/** The fields of drivers' errors. PGlite has `constraint`, postgres `constraint_name`. */
interface DriverError extends Error {
  readonly code?: string
  readonly constraint?: string
  readonly constraint_name?: string
}

/** A driver's error without anything that could hold a value. */
export function withoutValues(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error
  const { message, code, constraint, constraint_name } = error as DriverError
  const sqlState = code !== undefined && isConnectionCode(code) ? connectionState.lost : code
  // Only messages about malformed data (class 22) quote it.
  const safe = sqlState?.startsWith('22') ? message.replace(/"[\s\S]*"/, '"…"') : message
  return new DatabaseError(safe, sqlState, constraint ?? constraint_name)
}

/** Node's codes (ECONNRESET) and those of postgres (CONNECTION_CLOSED). */
function isConnectionCode(code: string): boolean {
  return /^(E[A-Z]+|CONNECT.*)$/.test(code)
}

/** The error inside Drizzle's, whose own message repeats the statement's values. */
export function causeOf(error: unknown): unknown {
  return error instanceof DrizzleQueryError && error.cause !== undefined ? error.cause : error
}

/** Runs `work`, and unwraps the errors that Drizzle has wrapped. */
export async function unwrapped<R>(work: () => PromiseLike<R>): Promise<R> {
  try {
    return await work()
  } catch (error) {
    throw causeOf(error)
  }
}
