import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type FastifyInstance, fastify, type InjectOptions, type LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import type { CacheAnnouncement, QueryAnnouncement, ShareAnnouncement } from '../../phases/announcements.ts'
import { type BookingAnnouncement, bookingChannel } from '../../phases/booking/announcements.ts'
import { loadConfig } from '../../src/config.ts'
import type { Booking } from '../../src/course/booking.ts'
import type { Course, NewBatch, NewCourse } from '../../src/course/course.ts'
import { type CourseOptions, course } from '../../src/course/plugin.ts'
import { addAllowedMethods } from '../../src/platform/allowed-methods.ts'
import { jsonBody } from '../../src/platform/json-body.ts'
import { cache } from '../../src/platform/open-cache.ts'
import { database } from '../../src/platform/open-database.ts'
import { openapi, swaggerPages } from '../../src/platform/openapi.ts'
import { problemDetails } from '../../src/platform/problem.ts'
import { validation } from '../../src/platform/validation.ts'

interface AppOptions extends CourseOptions {
  /** Called before any plugin is registered. */
  readonly before?: (app: FastifyInstance) => void
}

/** The database of `courseApp`. postgres.test.ts runs other test files again on a server. */
export const storage = { DATABASE_URL: 'memory:', DATABASE_POOL_SIZE: 10 }

/** The course API alone, on an empty database, with the real server's validation. */
export async function courseApp(t: Test, { before, ...options }: AppOptions = {}): Promise<FastifyInstance> {
  const config = { ...loadConfig([]), ...storage }
  const app = fastify({ pluginTimeout: 60_000 })
  addAllowedMethods(app, 100)
  before?.(app)
  app.register(validation)
  app.register(jsonBody)
  app.register(openapi)
  app.register(problemDetails)
  app.register(swaggerPages)
  app.register(database, { config })
  app.register(cache, { config })
  app.register(course, { seed: false, ...options })
  t.teardown(() => app.close())
  await app.ready()
  return app
}

/** A clock that a test can set. */
export class Clock {
  time = Date.now()
  readonly now = () => new Date(this.time)
  advance(ms: number) {
    this.time += ms
  }
}

export const DAY = 86_400_000

export function batch(changes: Partial<NewBatch> = {}): NewBatch {
  return {
    name: 'Morning',
    starts_at: new Date(Date.now() + 10 * DAY).toISOString(),
    ends_at: new Date(Date.now() + 20 * DAY).toISOString(),
    max_seats: 5,
    price: 4900,
    currency: 'EUR',
    ...changes,
  }
}

let slugs = 0

export async function newCourse(app: FastifyInstance, changes: Partial<NewCourse> = {}): Promise<Course> {
  const response = await send(app, 'POST', '/v1/courses', {
    slug: `course-${++slugs}`,
    name: 'A course',
    batches: [batch()],
    ...changes,
  })
  if (response.statusCode !== 201) throw new Error(response.body)
  return response.json()
}

export async function newBooking(app: FastifyInstance, courseId: string, changes: object = {}): Promise<Booking> {
  const response = await send(app, 'POST', '/v1/bookings', { course_id: courseId, user_id: 'ada', ...changes })
  if (response.statusCode !== 201) throw new Error(response.body)
  return response.json()
}

export function send(
  app: FastifyInstance,
  method: InjectOptions['method'],
  url: string,
  payload?: object,
): Promise<LightMyRequestResponse> {
  return app.inject({ method, url, ...(payload ? { payload } : {}) })
}

export function verb(app: FastifyInstance, bookingId: string, name: string): Promise<LightMyRequestResponse> {
  return send(app, 'POST', `/v1/bookings/${bookingId}:${name}`)
}

/** The free seats of a course's batches, as the API returns them. */
export async function seats(app: FastifyInstance, courseId: string): Promise<number[]> {
  const found = (await send(app, 'GET', `/v1/courses/${courseId}`)).json<Course>()
  return (found.batches ?? []).map(({ available_seats }) => available_seats)
}

/** Records every SQL statement, cache command and booking event until the test ends. `clear` empties the record. */
export function listen(t: Test) {
  const heard = {
    queries: [] as QueryAnnouncement[],
    shares: [] as ShareAnnouncement[],
    cache: [] as CacheAnnouncement[],
    bookings: [] as BookingAnnouncement[],
  }
  const onQuery = (message: unknown) => heard.queries.push(message as QueryAnnouncement)
  const onShare = (message: unknown) => heard.shares.push(message as ShareAnnouncement)
  const onCache = (message: unknown) => heard.cache.push(message as CacheAnnouncement)
  const onBooking = (message: unknown) => heard.bookings.push(message as BookingAnnouncement)
  subscribe('tracing:course-app:query:asyncEnd', onQuery)
  subscribe('tracing:course-app:share:asyncEnd', onShare)
  subscribe('tracing:course-app:cache:asyncEnd', onCache)
  bookingChannel.subscribe(onBooking)
  t.teardown(() => {
    unsubscribe('tracing:course-app:query:asyncEnd', onQuery)
    unsubscribe('tracing:course-app:share:asyncEnd', onShare)
    unsubscribe('tracing:course-app:cache:asyncEnd', onCache)
    bookingChannel.unsubscribe(onBooking)
  })
  return {
    ...heard,
    clear: () => {
      for (const list of Object.values(heard)) list.length = 0
    },
  }
}
