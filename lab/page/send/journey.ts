import type { Call } from './endpoints.ts'
import { sendCall } from './send-call.ts'

interface Batch {
  readonly available_seats: number
  readonly starts_at: string
}

interface Course {
  readonly course_id: string
  readonly batches?: readonly Batch[]
}

export const JOURNEY_STEPS = ['list', 'create', 'reserve', 'complete'] as const
type Step = (typeof JOURNEY_STEPS)[number]

export const listCourses: Call = { method: 'GET', path: '/v1/courses?include=batches' }

/**
 * Books a seat like a customer: lists the courses, creates a booking for the first one with a free seat, reserves it
 * and pays. Each request has its own story. A failed step is the last.
 */
export async function bookSeat(userId: string): Promise<void> {
  const id = crypto.getRandomValues(new Uint32Array(1)).join()
  const send = (step: Step, call: Call) => sendCall(call, { id, step })

  const courses = await send('list', listCourses)
  const course = courses && bookableCourse(courses)
  if (!course) return
  const created = await send('create', {
    method: 'POST',
    path: '/v1/bookings',
    body: { course_id: course, user_id: userId },
  })
  if (created === undefined) return
  const { booking_id } = JSON.parse(created) as { booking_id: string }
  const reserved = await send('reserve', { method: 'POST', path: `/v1/bookings/${booking_id}:reserve` })
  if (reserved === undefined) return
  await send('complete', { method: 'POST', path: `/v1/bookings/${booking_id}:complete` })
}

/** The id of the first course with a free seat, otherwise of the first course, for which the server returns an error. */
export function bookableCourse(body: string): string | undefined {
  const { courses } = JSON.parse(body) as { courses: readonly Course[] }
  const now = new Date().toISOString()
  const open = courses.find(({ batches = [] }) =>
    batches.some(({ available_seats, starts_at }) => available_seats > 0 && starts_at > now),
  )
  return (open ?? courses[0])?.course_id
}
