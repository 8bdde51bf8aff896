import { announceBooking } from '../../phases/booking/announcements.ts'
import type { Booking } from './booking.ts'
import type { CourseCache } from './course-cache.ts'

/** Call it once the database has committed a new status: tells the listeners, and drops the course if its seats have changed. */
export function afterMove(moved: Booking, courses: CourseCache): Promise<void> | undefined {
  announce(moved)
  return hasMovedSeat(moved) ? courses.invalidate(moved.course_id) : undefined
}

/** The same for many, of which each course is dropped once. */
export async function afterMoves(moved: readonly Booking[], courses: CourseCache): Promise<void> {
  moved.forEach(announce)
  const changed = new Set(moved.filter(hasMovedSeat).map(({ course_id }) => course_id))
  await Promise.all([...changed].map((courseId) => courses.invalidate(courseId)))
}

function announce({ status, booking_id, course_id, batch_id, price, currency }: Booking): void {
  announceBooking({ status, bookingId: booking_id, courseId: course_id, batchId: batch_id, price, currency })
}

/** A seat is taken by `reserved`, and given back by what has held one and is not paid for. */
function hasMovedSeat({ status, reserved_at }: Booking): boolean {
  return reserved_at !== null && status !== 'completed'
}
