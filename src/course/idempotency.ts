import { createHash } from 'node:crypto'
import { DomainError, type DomainErrorCode } from '../platform/domain-error.ts'
import type { Booking } from './booking.ts'

/**
 * Makes a command safe to send again: the same key and the same command give the same answer, and the
 * command is carried out once.
 */
export interface Idempotency {
  /** 1 to 255 visible ASCII characters that the caller has chosen, and uses for nothing else. */
  readonly key: string
  /** Called before the command ends, if its answer is that of an earlier one. */
  readonly onReplay?: () => void
}

/** How long a key is remembered. */
export const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000

/** The key belongs to another command. Over HTTP it has a status of its own, 422. */
export class IdempotencyKeyReused extends DomainError {
  constructor() {
    super('invalid', 'The idempotency key was used for another request. Use a new one for each request.')
  }
}

/** What came of a command. */
export interface Outcome {
  /** For the caller: the booking, or why not. */
  readonly answer: Booking | DomainError
  /** The booking that has a new status; also beside a failure, for a hold that is found overdue expires. */
  readonly moved?: Booking
}

/** A booking's fields that ever change, as they were in an answer. The others are those of the booking still. */
type Snapshot = Pick<Booking, 'booking_id' | 'status' | 'reserved_at' | 'expires_at' | 'paid_at' | 'updated_at'>

/** An answer as it is kept: enough to give it again, and nothing about the customer. */
export type RecordedAnswer =
  | { readonly booking: Snapshot }
  | { readonly failure: Pick<DomainError, 'code' | 'message' | 'fields'> }

/** The answer in the form in which it is kept. */
export function recordOf(answer: Booking | DomainError): RecordedAnswer {
  if (answer instanceof DomainError) {
    const { code, message, fields } = answer
    return { failure: { code, message, fields } }
  }
  const { booking_id, status, reserved_at, expires_at, paid_at, updated_at } = answer
  return { booking: { booking_id, status, reserved_at, expires_at, paid_at, updated_at } }
}

/**
 * The answer as it was given, however the booking has moved on since.
 *
 * @param find gives the booking as it is now
 */
export async function answerFrom(
  recorded: RecordedAnswer,
  find: (bookingId: string) => Promise<Booking | undefined>,
): Promise<Booking | DomainError> {
  if ('failure' in recorded) {
    const { code, message, fields } = recorded.failure
    return new DomainError(code, message, fields)
  }
  const { booking } = recorded
  const current = await find(booking.booking_id)
  if (current === undefined) throw new Error(`An answer is about booking ${booking.booking_id}, which does not exist.`)
  return { ...current, ...booking }
}

/** Whether a failure is an answer, the same whenever it is asked for, rather than something that may pass. */
export function isAnswer(error: unknown): error is DomainError {
  return error instanceof DomainError && LASTING.has(error.code) && !(error instanceof IdempotencyKeyReused)
}

const LASTING: ReadonlySet<DomainErrorCode> = new Set(['invalid', 'not_found', 'conflict', 'sold_out'])

/**
 * The same for the same command and arguments, in whatever order the fields of these are.
 *
 * @param command a constant of the code
 */
export function fingerprintOf(command: string, argument: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([command, argument], inOrder))
    .digest('base64url')
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
