import type { Booking as BookingMessage } from '../../proto/course/v1/Booking.ts'
import type { Course as CourseMessage } from '../../proto/course/v1/Course.ts'
import type { ReceivedCreateCourseRequest } from '../../proto/course/v1/CreateCourseRequest.ts'
import type { ReceivedUpdateCourseRequest } from '../../proto/course/v1/UpdateCourseRequest.ts'
import type { Booking, BookingStatus } from '../booking.ts'
import type { Batch, Course } from '../course.ts'
import { fromTimestamp, toTimestamp } from './timestamp.ts'

/*
 * Between messages and the domain. What comes from a message has the domain's shape and has not been checked yet.
 */

export function toCourseMessage({ published_at, created_at, updated_at, batches, ...same }: Course): CourseMessage {
  return {
    ...same,
    published_at: toTimestamp(published_at),
    created_at: toTimestamp(created_at),
    updated_at: toTimestamp(updated_at),
    batches: batches?.map(toBatchMessage),
  }
}

function toBatchMessage({ starts_at, ends_at, ...same }: Batch) {
  return { ...same, starts_at: toTimestamp(starts_at), ends_at: toTimestamp(ends_at) }
}

export function toBookingMessage(booking: Booking): BookingMessage {
  const { customer, status, created_at, reserved_at, expires_at, paid_at, updated_at, ...same } = booking
  return {
    ...same,
    ...(customer && { customer: { name: customer.name, email: customer.email, phone: customer.phone ?? undefined } }),
    status: toStatusMessage(status),
    created_at: toTimestamp(created_at),
    reserved_at: toTimestamp(reserved_at),
    expires_at: toTimestamp(expires_at),
    paid_at: toTimestamp(paid_at),
    updated_at: toTimestamp(updated_at),
  }
}

const STATUS_PREFIX = 'BOOKING_STATUS_'

export function toStatusMessage(status: BookingStatus) {
  return `${STATUS_PREFIX}${status.toUpperCase() as Uppercase<BookingStatus>}` as const
}

/** @param status a number if it is one that this program does not know */
export function fromStatusMessage(status: string | number): unknown {
  if (status === 'BOOKING_STATUS_UNSPECIFIED') return undefined
  return typeof status === 'string' ? status.slice(STATUS_PREFIX.length).toLowerCase() : status
}

export function fromNewCourse({ published_at, draft, batches, ...same }: ReceivedCreateCourseRequest) {
  return {
    ...same,
    ...publication({ published_at, draft }),
    batches: batches.map(({ starts_at, ends_at, ...batch }) => ({
      ...batch,
      ...(starts_at && { starts_at: fromTimestamp(starts_at) }),
      ...(ends_at && { ends_at: fromTimestamp(ends_at) }),
    })),
  }
}

export function fromCourseChanges({ course_id: _, published_at, draft, ...same }: ReceivedUpdateCourseRequest) {
  return { ...same, ...publication({ published_at, draft }) }
}

/** The domain says null for a draft. */
function publication({ published_at, draft }: Pick<ReceivedUpdateCourseRequest, 'published_at' | 'draft'>) {
  if (draft) return { published_at: null }
  return published_at ? { published_at: fromTimestamp(published_at) } : {}
}
