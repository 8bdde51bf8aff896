import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { forAll } from '../../../testkit/for-all.ts'
import { batch, send } from '../course-app.ts'
import { BOOKING, bothFaces, CATALOG } from './grpc-app.ts'

/*
 * REST and gRPC give the same answers. Each run performs a random sequence of operations twice on new courses, over HTTP
 * and over gRPC. Then it compares the two transcripts without ids and times.
 */

const { app, client } = await bothFaces(t)

/** An operation in the terms of both APIs. */
interface Operation {
  readonly http: readonly [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object]
  readonly grpc: readonly [path: string, request: object]
}

/** Ids to operate on: created by this run, or unknown. */
interface Stage {
  readonly slug: string
  readonly courses: string[]
  readonly bookings: string[]
}

type Step = (stage: Stage) => Operation

const none = '00000000-0000-7000-8000-000000000000'
/** Nine out of ten operations are valid. */
const mostly = <T>(good: fc.Arbitrary<T>, ...others: readonly T[]) =>
  fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...others) })
const index = mostly(fc.nat(1), 2, 3)
const name = mostly(fc.constantFrom('A name', 'ünï ☕'), '', 'x'.repeat(201), 'two\nlines')
const description = mostly(fc.constantFrom('', 'Much.', 'two\nlines'), '\u0007')
const published = mostly<number | null | undefined>(fc.constantFrom(undefined, 0), null, -1, 4_000_000_000)
const pageSize = mostly(fc.constantFrom(undefined, 1, 3, 100), 0, -1, 101)
const id = (ids: readonly string[], at: number) =>
  at === 3 ? 'no-uuid' : ((at < 2 ? ids[at % ids.length] : undefined) ?? none)
/** A field in JSON and in a message. */
const publishedIn = (at: number | null | undefined) =>
  at === undefined ? {} : { published_at: at === null ? null : new Date(at * 1000).toISOString() }
const publicationOf = (at: number | null | undefined) =>
  at === undefined ? {} : at === null ? { draft: true } : { published_at: { seconds: at, nanos: 0 } }

const createCourse = fc.record({ name, description, published, seats: mostly(fc.constantFrom(1, 2), 0) }).map(
  ({ name, description, published, seats }): Step =>
    ({ slug, courses }) => {
      const same = { slug: courses.length === 0 ? slug : `${slug}-${courses.length % 2}`, name, description }
      const run = batch({ max_seats: seats, starts_at: '2040-01-01T00:00:00Z', ends_at: '2041-01-01T00:00:00Z' })
      const at = (time: string) => ({ seconds: Date.parse(time) / 1000, nanos: 0 })
      const message = { ...run, starts_at: at(run.starts_at), ends_at: at(run.ends_at) }
      return {
        http: ['POST', '/v1/courses', { ...same, ...publishedIn(published), batches: [run] }],
        grpc: [`${CATALOG}/CreateCourse`, { ...same, ...publicationOf(published), batches: [message] }],
      }
    },
)
const getCourse = index.map(
  (at): Step =>
    ({ courses }) => {
      const course_id = id(courses, at)
      return { http: ['GET', `/v1/courses/${course_id}`], grpc: [`${CATALOG}/GetCourse`, { course_id }] }
    },
)
const updateCourse = fc.record({ at: index, published, change: fc.option(fc.record({ name }), { nil: {} }) }).map(
  ({ at, published, change }): Step =>
    ({ courses }) => {
      const course_id = id(courses, at)
      return {
        http: ['PATCH', `/v1/courses/${course_id}`, { ...change, ...publishedIn(published) }],
        grpc: [`${CATALOG}/UpdateCourse`, { course_id, ...change, ...publicationOf(published) }],
      }
    },
)
const deleteCourse = index.map(
  (at): Step =>
    ({ courses }) => {
      const course_id = id(courses, at)
      return { http: ['DELETE', `/v1/courses/${course_id}`], grpc: [`${CATALOG}/DeleteCourse`, { course_id }] }
    },
)
const phone = mostly(fc.constantFrom(undefined, '+44 20 7946 0000'), 'none')
const customer = fc.option(fc.record({ name, email: mostly(fc.constant('ada@example.com'), 'ada'), phone }), {
  nil: undefined,
})
const createBooking = fc.record({ at: index, user: mostly(fc.constantFrom('ada', 'bob'), ''), customer }).map(
  ({ at, user, customer }): Step =>
    ({ courses }) => {
      const body = {
        course_id: id(courses, at),
        user_id: user,
        ...(customer && { customer: withoutUndefined(customer) }),
      }
      return { http: ['POST', '/v1/bookings', body], grpc: [`${BOOKING}/CreateBooking`, body] }
    },
)
const getBooking = index.map(
  (at): Step =>
    ({ bookings }) => {
      const booking_id = id(bookings, at)
      return { http: ['GET', `/v1/bookings/${booking_id}`], grpc: [`${BOOKING}/GetBooking`, { booking_id }] }
    },
)
const move = fc.record({ at: index, verb: fc.constantFrom('Reserve', 'Reserve', 'Complete', 'Expire') }).map(
  ({ at, verb }): Step =>
    ({ bookings }) => {
      const booking_id = id(bookings, at)
      return {
        http: ['POST', `/v1/bookings/${booking_id}:${verb.toLowerCase()}`],
        grpc: [`${BOOKING}/${verb}Booking`, { booking_id }],
      }
    },
)
const listBookings = fc
  .record({ at: index, pageSize, status: fc.constantFrom(undefined, 'created', 'reserved', 'expired') })
  .map(
    ({ at, pageSize, status }): Step =>
      ({ courses }) => {
        // Limited to one course, because other runs have bookings too.
        const query = withoutUndefined({ course_id: id(courses, at), page_size: pageSize, status })
        const search = new URLSearchParams(
          Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
        )
        const message = { ...query, ...(status && { status: `BOOKING_STATUS_${status.toUpperCase()}` }) }
        return { http: ['GET', `/v1/bookings?${search}`], grpc: [`${BOOKING}/ListBookings`, message] }
      },
  )

const plays = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: createCourse },
    getCourse,
    updateCourse,
    deleteCourse,
    { weight: 3, arbitrary: createBooking },
    getBooking,
    { weight: 3, arbitrary: move },
    listBookings,
  ),
  { minLength: 5, maxLength: 25 },
)

t.test('REST and gRPC give the same answers to the same operations', async (t) => {
  let run = 0
  await forAll(
    plays,
    async (play) => {
      run++
      const overHttp = await perform(play, `http-${run}`, overHTTP)
      const overGrpc = await perform(play, `grpc-${run}`, overGRPC)
      deepStrictEqual(overGrpc, overHttp)
    },
    { numRuns: 40, milliseconds: 6000 },
  )
  t.ok(run > 10, `${run} sequences`)
})

t.test('REST and gRPC give the same pages', async (t) => {
  const walk = async (
    get: (page_token: string) => Promise<{ courses: { course_id: string }[]; next_page_token: string }>,
  ) => {
    const pages: string[][] = []
    let page_token = ''
    do {
      const page = await get(page_token)
      pages.push(page.courses.map(({ course_id }) => course_id))
      page_token = page.next_page_token
    } while (page_token !== '')
    return pages
  }
  const http = await walk(async (page_token) =>
    (await send(app, 'GET', `/v1/courses?page_size=7&page_token=${page_token}`)).json(),
  )
  const grpc = await walk(
    async (page_token) => (await client.call(`${CATALOG}/ListCourses`, { page_size: 7, page_token })).message,
  )
  t.same(grpc, http)
  t.ok(http.length > 1)
})

interface Outcome {
  readonly code: string
  /** The answer as JSON, or the invalid fields. */
  readonly answer: unknown
}

/** Performs the steps one after the other. Later steps use the objects that earlier ones create. */
async function perform(play: readonly Step[], slug: string, ask: (operation: Operation) => Promise<Outcome>) {
  const stage: Stage = { slug, courses: [], bookings: [] }
  const transcript: unknown[] = []
  for (const step of play) {
    const operation = step(stage)
    const outcome = await ask(operation)
    const created = outcome.answer as { course_id?: string; booking_id?: string }
    if (outcome.code === 'OK' && operation.grpc[0] === `${CATALOG}/CreateCourse`)
      stage.courses.push(created.course_id ?? '')
    if (outcome.code === 'OK' && operation.grpc[0] === `${BOOKING}/CreateBooking`)
      stage.bookings.push(created.booking_id ?? '')
    transcript.push([operation.grpc[0], outcome.code, comparable(outcome.answer, stage)])
  }
  return transcript
}

const CODES: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  404: 'NOT_FOUND',
  409: 'FAILED_PRECONDITION',
}

async function overHTTP({ http: [method, path, body] }: Operation): Promise<Outcome> {
  const response = await send(app, method, path, body)
  const code = response.statusCode < 300 ? 'OK' : (CODES[response.statusCode] ?? `HTTP ${response.statusCode}`)
  const answer = response.body === '' ? {} : response.json()
  if (code === 'INVALID_ARGUMENT') {
    const errors: { path: string }[] = answer.errors ?? []
    return {
      code,
      answer: fieldsOf(
        errors.map((error) =>
          error.path
            .slice(1)
            .replaceAll(/\/(\d+)/g, '[$1]')
            .replaceAll('/', '.'),
        ),
      ),
    }
  }
  return { code, answer: code === 'OK' ? answer : answer.detail }
}

async function overGRPC({ grpc: [path, request] }: Operation): Promise<Outcome> {
  const { code, message, details, fields } = await client.call(path, request)
  if (code === 'INVALID_ARGUMENT') return { code, answer: fieldsOf(fields) }
  return { code, answer: code === 'OK' ? message : details }
}

/** A field missing in JSON is empty in a message, so the reasons differ. Only the invalid fields are compared. */
function fieldsOf(paths: readonly string[]): string[] {
  return [...new Set(paths)].sort()
}

/** Normalizes an answer: removes ids and times, and unifies field names. */
function comparable(value: unknown, stage: Stage): unknown {
  if (Array.isArray(value)) return value.map((each) => comparable(each, stage))
  if (typeof value === 'string') return comparableText(value, stage)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .filter(([key, each]) => each !== null && key !== 'next_page_token')
    .map(([key, each]) => [key, /_at$/.test(key) ? timeOf(each) : comparable(each, stage)])
  return Object.fromEntries(entries)
}

function comparableText(text: string, { slug, courses, bookings }: Stage): string {
  const known = [
    ...courses.map((each, i) => [each, `course ${i}`]),
    ...bookings.map((each, i) => [each, `booking ${i}`]),
  ]
  for (const [each, label] of known) if (text === each) return label as string
  if (/^[0-9a-f-]{36}$/.test(text)) return 'another id'
  return text
    .replace(/^BOOKING_STATUS_/, '')
    .replaceAll(slug, 'SLUG')
    .replace(/^[A-Z]+$/, (word) => word.toLowerCase())
}

/** Keeps times of the request, removes those of the clock. */
function timeOf(value: unknown): unknown {
  const { seconds = 0 } =
    typeof value === 'string' ? { seconds: Date.parse(value) / 1000 } : (value as { seconds?: number })
  return Math.abs(seconds - Date.now() / 1000) < 3600 ? 'now or soon' : seconds
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T
}
