import { announceBooking } from '../../phases/booking/announcements.ts'
import type { Booking } from './booking.ts'
import type { CourseCache } from './course-cache.ts'

/** Call it after the commit: announces each booking's new status, and invalidates the courses whose free seats have changed. */
export async function statusChanged(bookings: readonly Booking[], courses: CourseCache): Promise<void> {
  for (const { status, booking_id, course_id, batch_id, price, currency } of bookings) {
    announceBooking({ status, bookingId: booking_id, courseId: course_id, batchId: batch_id, price, currency })
  }
  const changed = new Set(bookings.filter(changesSeats).map(({ course_id }) => course_id))
  await Promise.all([...changed].map((courseId) => courses.invalidate(courseId)))
}

/** `reserved` takes a seat. `expired` and `failed` give it back if the booking held one. */
function changesSeats({ status, reserved_at }: Booking): boolean {
  return reserved_at !== null && status !== 'completed'
}
