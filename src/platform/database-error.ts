import { DrizzleQueryError } from 'drizzle-orm'

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
    readonly constraint?: string | undefined,
  ) {
    super(message)
  }

  /**
   * Whether the same statement may well succeed a little later: the database is away, starting, full or
   * too slow, or it broke off one of two transactions that stood in each other's way.
   */
  get isTransient(): boolean {
    return /^(08|40|53|57P0|57014)/.test(this.sqlState ?? '')
  }
}

/** SQLSTATEs of what this side of a connection finds out by itself. */
export const connectionState = { cannotConnect: '08001', lost: '08006', outcomeUnknown: '08007' } as const

/** What drivers put into their errors: PGlite names the constraint `constraint`, postgres `constraint_name`. */
interface DriverError extends Error {
  readonly code?: string
  readonly constraint?: string
  readonly constraint_name?: string
}

/** A driver's error without what could hold a value. */
export function withoutValues(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error
  const { message, code, constraint, constraint_name } = error as DriverError
  const sqlState = code !== undefined && isConnectionCode(code) ? connectionState.lost : code
  // Of all messages, only those about data that is malformed (class 22) quote it.
  const safe = sqlState?.startsWith('22') ? message.replace(/"[\s\S]*"/, '"…"') : message
  return new DatabaseError(safe, sqlState, constraint ?? constraint_name)
}

/** Node's codes (ECONNRESET) and those of postgres (CONNECTION_CLOSED). */
function isConnectionCode(code: string): boolean {
  return /^(E[A-Z]+|CONNECT.*)$/.test(code)
}

/** Drizzle wraps what a statement throws in an error whose message repeats the statement's values; this takes it out. */
export function causeOf(error: unknown): unknown {
  return error instanceof DrizzleQueryError && error.cause !== undefined ? error.cause : error
}

/** Runs `work`, whose errors come as they are, without what Drizzle wraps around them. */
export async function unwrapped<R>(work: () => PromiseLike<R>): Promise<R> {
  try {
    return await work()
  } catch (error) {
    throw causeOf(error)
  }
}
