import { DomainError, type DomainErrorCode } from '../platform/domain-error.ts'
import type { Booking } from './booking.ts'
import { IdempotencyKeyReused } from './idempotency.ts'

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
