import { DomainError, type DomainErrorCode } from '../platform/domain-error.ts'
import type { Booking } from './booking.ts'

/** The outcome of a command. */
export interface Outcome {
  /** For the caller: the booking, or the error. */
  readonly answer: Booking | DomainError
  /** The booking with its new status. An error can have one too: completing an overdue hold expires it. */
  readonly changed?: Booking
}

/** The mutable fields of a booking, as they were in the answer. */
type Snapshot = Pick<Booking, 'booking_id' | 'status' | 'reserved_at' | 'expires_at' | 'paid_at' | 'updated_at'>

/** An answer as it is stored: enough to repeat it, and no customer data. */
export type RecordedAnswer =
  | { readonly booking: Snapshot }
  | { readonly failure: Pick<DomainError, 'code' | 'message' | 'fields'> }

/** The answer in its stored form. */
export function recordOf(answer: Booking | DomainError): RecordedAnswer {
  if (answer instanceof DomainError) {
    const { code, message, fields } = answer
    return { failure: { code, message, fields } }
  }
  const { booking_id, status, reserved_at, expires_at, paid_at, updated_at } = answer
  return { booking: { booking_id, status, reserved_at, expires_at, paid_at, updated_at } }
}

/**
 * The answer as it was given, even if the booking has changed since.
 *
 * @param find returns the booking as it is now
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

/** Whether an error is an answer to keep, and not a passing failure. */
export function isAnswer(error: unknown): error is DomainError {
  return error instanceof DomainError && LASTING.has(error.code)
}

const LASTING: ReadonlySet<DomainErrorCode> = new Set(['invalid', 'not_found', 'conflict', 'sold_out'])
