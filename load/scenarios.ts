import { randomUUID } from 'node:crypto'
import type { ApiUser, Batch, Course } from './api-user.ts'

/** How a kind of user behaves. The same two are in `docker/locust/locustfile.py`. */
export interface Scenario {
  /** Called once for all users. */
  readonly prepare: (user: ApiUser) => Promise<ContestedBatch | undefined>
  /** Each user repeats it. */
  readonly journey: (user: ApiUser, contested: ContestedBatch | undefined) => Promise<void>
  /** How long a user pauses between two journeys, in milliseconds. */
  readonly pauseMs: readonly [min: number, max: number]
}

export type ScenarioName = 'general' | 'competing'

/** The batch that all users of `competing` want. */
interface ContestedBatch {
  readonly courseId: string
  readonly batchId: string
}

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  /** People who look around, book now and then, and sometimes type nonsense. */
  general: {
    prepare: async () => undefined,
    journey: (user) => pick(journeys)(user),
    pauseMs: [500, 2000],
  },
  /** All users want the last seats of one course. They release each seat they get, so that the load continues. */
  competing: {
    prepare: async (user) => scarcest(await user.courses()),
    journey: compete,
    pauseMs: [50, 300],
  },
}

type Journey = (user: ApiUser) => Promise<void>

const times = (count: number, journey: Journey) => Array.from({ length: count }, () => journey)
const journeys = [...times(6, browse), ...times(3, buy), requestUnknownCourse, requestMalformedId]

async function browse(user: ApiUser): Promise<void> {
  const courses = await user.courses()
  if (courses.length > 0) await user.ask('GET /v1/courses/[id]', `/v1/courses/${pick(courses).course_id}`, [200])
}

async function buy(user: ApiUser): Promise<void> {
  const courses = await user.courses()
  const booking = courses.length > 0 ? await user.book(pick(courses).course_id) : undefined
  if (booking === undefined || !(await user.change(booking, 'reserve'))) return
  await user.ask('GET /v1/bookings/[id]', `/v1/bookings/${booking.booking_id}`, [200])
  const mind = Math.random()
  if (mind < 0.5) {
    await user.change(booking, 'complete')
  } else if (mind < 0.8) {
    await user.change(booking, 'expire')
    if (mind < 0.65) await user.change(booking, 'expire') // an impatient second click
  }
}

async function requestUnknownCourse(user: ApiUser): Promise<void> {
  await user.ask('GET /v1/courses/[unknown id]', `/v1/courses/${randomUUID()}`, [404])
}

async function requestMalformedId(user: ApiUser): Promise<void> {
  await user.ask('GET /v1/courses/[malformed id]', '/v1/courses/not-an-id', [400])
}

async function compete(user: ApiUser, contested: ContestedBatch | undefined): Promise<void> {
  if (contested === undefined) return // every course was sold out at the start
  const booking = await user.book(contested.courseId, contested.batchId)
  if (booking !== undefined && (await user.change(booking, 'reserve'))) await user.change(booking, 'expire')
}

/** The batch with the fewest free seats, at least one. */
function scarcest(courses: readonly Course[]): ContestedBatch | undefined {
  const free = courses.flatMap((course) =>
    course.batches.filter(({ available_seats }) => available_seats > 0).map((batch) => ({ course, batch })),
  )
  const [first] = free.sort((a, b) => scarcity(a.batch, b.batch))
  return first && { courseId: first.course.course_id, batchId: first.batch.batch_id }
}

function scarcity(a: Batch, b: Batch): number {
  return a.available_seats - b.available_seats || (a.batch_id < b.batch_id ? -1 : 1)
}

function pick<T>(from: readonly T[]): T {
  return from[Math.floor(Math.random() * from.length)] as T
}
