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
 * The client's counterpart of `messages.ts`: converts requests to messages, and trusted responses to the domain.
 */

// Field by field, as in `messages.ts`: spreading objects took a tenth of a gateway's time for a request.

export function fromCourseMessage(course: ReceivedCourse): Course & { readonly batches: readonly Batch[] } {
  return Object.assign(withoutBatches(course), { batches: course.batches.map(fromBatchMessage) })
}

/** A course of a list without batches. */
export function withoutBatches(course: ReceivedCourse): Course {
  return {
    course_id: course.course_id,
    slug: course.slug,
    name: course.name,
    description: course.description,
    published_at: orNull(course.published_at),
    created_at: always(course.created_at),
    updated_at: always(course.updated_at),
  }
}

function fromBatchMessage(batch: ReceivedBatch): Batch {
  return {
    batch_id: batch.batch_id,
    name: batch.name,
    starts_at: always(batch.starts_at),
    ends_at: always(batch.ends_at),
    max_seats: batch.max_seats,
    available_seats: batch.available_seats,
    price: batch.price,
    currency: batch.currency,
  }
}

export function fromBookingMessage(booking: ReceivedBooking): Booking {
  const { customer } = booking
  return {
    booking_id: booking.booking_id,
    course_id: booking.course_id,
    batch_id: booking.batch_id,
    user_id: booking.user_id,
    customer: customer && { name: customer.name, email: customer.email, phone: customer.phone ?? null },
    price: booking.price,
    currency: booking.currency,
    status: fromStatusMessage(booking.status) as Booking['status'],
    created_at: always(booking.created_at),
    reserved_at: orNull(booking.reserved_at),
    expires_at: orNull(booking.expires_at),
    paid_at: orNull(booking.paid_at),
    updated_at: always(booking.updated_at),
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

/** For a time that is always set. */
function always(timestamp: ReceivedTimestamp | null): string {
  return fromTimestamp(timestamp as ReceivedTimestamp)
}
