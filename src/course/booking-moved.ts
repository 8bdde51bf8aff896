import { announceBooking } from '../signals.ts'
import type { Booking } from './booking.ts'
import type { CourseCache } from './course-cache.ts'

/** Call it once the database has committed new statuses: tells the listeners, and drops courses whose seats have changed. */
export async function afterMove(moved: readonly Booking[], courses: CourseCache): Promise<void> {
  for (const { status, booking_id, course_id, batch_id, price, currency } of moved) {
    announceBooking({ status, bookingId: booking_id, courseId: course_id, batchId: batch_id, price, currency })
  }
  const changed = new Set(moved.filter(hasMovedSeat).map(({ course_id }) => course_id))
  await Promise.all([...changed].map((courseId) => courses.invalidate(courseId)))
}

/** A seat is taken by `reserved`, and given back by what has held one and is not paid for. */
function hasMovedSeat({ status, reserved_at }: Booking): boolean {
  return reserved_at !== null && status !== 'completed'
}
