import type { ReceivedBatch } from '../../proto/course/v1/Batch.ts'
import type { ReceivedBooking } from '../../proto/course/v1/Booking.ts'
import type { ReceivedCourse } from '../../proto/course/v1/Course.ts'
import type { CreateCourseRequest } from '../../proto/course/v1/CreateCourseRequest.ts'
import type { UpdateCourseRequest } from '../../proto/course/v1/UpdateCourseRequest.ts'
import type { ReceivedTimestamp } from '../../proto/google/protobuf/Timestamp.ts'
import type { Booking } from '../booking.ts'
import type { Batch, Course, CourseChanges, NewBatch, NewCourse } from '../course.ts'
import { toInstant } from '../instant.ts'
import { fromStatusMessage } from './messages.ts'
import { fromTimestamp, toTimestamp } from './timestamp.ts'

/*
 * The way back of `messages.ts`: what a client sends, and what it makes of the answers, which it trusts.
 */

export function fromCourseMessage(course: ReceivedCourse): Course & { readonly batches: readonly Batch[] } {
  return { ...withoutBatches(course), batches: course.batches.map(fromBatchMessage) }
}

/** A course in a list that was not asked for batches. */
export function withoutBatches({ batches: _, published_at, created_at, updated_at, ...same }: ReceivedCourse): Course {
  return {
    ...same,
    published_at: orNull(published_at),
    created_at: always(created_at),
    updated_at: always(updated_at),
  }
}

function fromBatchMessage({ starts_at, ends_at, ...same }: ReceivedBatch): Batch {
  return { ...same, starts_at: always(starts_at), ends_at: always(ends_at) }
}

export function fromBookingMessage(booking: ReceivedBooking): Booking {
  const { customer, status, created_at, reserved_at, expires_at, paid_at, updated_at, ...same } = booking
  return {
    ...same,
    customer: customer && { name: customer.name, email: customer.email, phone: customer.phone ?? null },
    status: fromStatusMessage(status) as Booking['status'],
    created_at: always(created_at),
    reserved_at: orNull(reserved_at),
    expires_at: orNull(expires_at),
    paid_at: orNull(paid_at),
    updated_at: always(updated_at),
  }
}

/** @throws DomainError invalid for a time that a message cannot hold */
export function toCreateRequest({ published_at, batches = [], ...same }: NewCourse): CreateCourseRequest {
  return { ...same, ...publication(published_at), batches: batches.map(toNewBatchMessage) }
}

/** @throws DomainError invalid for a time that a message cannot hold */
export function toUpdateRequest(course_id: string, { published_at, ...same }: CourseChanges): UpdateCourseRequest {
  return { course_id, ...same, ...publication(published_at) }
}

/** The domain says null for a draft. */
function publication(published_at: string | null | undefined) {
  if (published_at === undefined) return {}
  if (published_at === null) return { draft: true }
  return { published_at: toTimestamp(toInstant(published_at, '/published_at')) }
}

function toNewBatchMessage({ starts_at, ends_at, ...same }: NewBatch, index: number) {
  return {
    ...same,
    starts_at: toTimestamp(toInstant(starts_at, `/batches/${index}/starts_at`)),
    ends_at: toTimestamp(toInstant(ends_at, `/batches/${index}/ends_at`)),
  }
}

function orNull(timestamp: ReceivedTimestamp | null): string | null {
  return timestamp && fromTimestamp(timestamp)
}

/** For a time that every such message has. */
function always(timestamp: ReceivedTimestamp | null): string {
  return fromTimestamp(timestamp as ReceivedTimestamp)
}
