import t from 'tap'
import { exampleIds } from '../../../src/course/seed-data.ts'
import { reflectedClient } from '../../../testkit/grpc-client.ts'
import { DAY } from '../course-app.ts'
import { BOOKING, bothFaces, CATALOG } from './grpc-app.ts'

const { address, client } = await bothFaces(t, { seed: true })
const at = (ms: number) => ({ seconds: Math.floor(ms / 1000), nanos: 0 })
const none = '00000000-0000-7000-8000-000000000000'

t.test('reflection lists services and methods', async (t) => {
  t.same(client.services, [
    CATALOG,
    BOOKING,
    'grpc.health.v1.Health',
    'grpc.reflection.v1.ServerReflection',
    'grpc.reflection.v1alpha.ServerReflection',
  ])
  t.same(client.methods(CATALOG), ['ListCourses', 'CreateCourse', 'GetCourse', 'UpdateCourse', 'DeleteCourse'])
  t.same(client.methods(BOOKING), [
    'CreateBooking',
    'GetBooking',
    'ListBookings',
    'ReserveBooking',
    'CompleteBooking',
    'ExpireBooking',
  ])
  t.same(client.methods('grpc.reflection.v1alpha.ServerReflection'), ['ServerReflectionInfo'])
  t.ok(client.files.includes('google/protobuf/timestamp.proto'), 'imports come along')
})

t.test('the older version of reflection lists the same', async (t) => {
  const older = await reflectedClient(t, address, 'v1alpha')
  t.same([older.services, older.files], [client.services, client.files])
})

t.test('the catalog', async (t) => {
  const created = await client.call(`${CATALOG}/CreateCourse`, {
    slug: 'over-the-wire',
    name: 'Over the Wire',
    batches: [
      {
        name: 'Once',
        starts_at: at(Date.now() + DAY),
        ends_at: at(Date.now() + 2 * DAY),
        max_seats: 2,
        currency: 'EUR',
      },
    ],
  })
  t.equal(created.code, 'OK', created.details)
  const { course_id } = created.message
  t.match(created.message, { slug: 'over-the-wire', description: '', published_at: { seconds: Number } })
  t.match(created.message.batches, [{ name: 'Once', available_seats: 2, price: 0 }])

  t.same((await client.call(`${CATALOG}/GetCourse`, { course_id })).message, created.message)

  const draft = await client.call(`${CATALOG}/UpdateCourse`, { course_id, description: 'Much.', draft: true })
  t.match(draft.message, { slug: 'over-the-wire', description: 'Much.', published_at: null })
  const back = await client.call(`${CATALOG}/UpdateCourse`, { course_id, description: '', published_at: at(0) })
  t.match(back.message, { description: '', published_at: { seconds: 0, nanos: 0 } })

  const first = await client.call(`${CATALOG}/ListCourses`, { page_size: 1, include_batches: true })
  t.match(first.message.courses, [{ course_id, batches: [{ name: 'Once' }] }])
  const { next_page_token: page_token } = first.message
  const second = await client.call(`${CATALOG}/ListCourses`, { page_size: 1, page_token })
  t.equal(second.message.courses.length, 1)
  t.notSame(second.message.courses, first.message.courses)
  t.equal((await client.call(`${CATALOG}/ListCourses`)).message.courses.length, 13, 'a page has 20 at most')

  t.same((await client.call(`${CATALOG}/DeleteCourse`, { course_id })).message, {})
  t.match(await client.call(`${CATALOG}/GetCourse`, { course_id }), { code: 'NOT_FOUND', reason: 'NOT_FOUND' })
})

t.test('bookings', async (t) => {
  const customer = { name: 'Ada Lovelace', email: 'ada@example.com' }
  const created = await client.call(`${BOOKING}/CreateBooking`, {
    course_id: exampleIds.course,
    user_id: 'wired',
    customer,
  })
  t.equal(created.code, 'OK', created.details)
  const { booking_id } = created.message
  t.match(created.message, { status: 'BOOKING_STATUS_CREATED', customer, reserved_at: null, paid_at: null })
  t.notOk('phone' in created.message.customer)
  t.same((await client.call(`${BOOKING}/GetBooking`, { booking_id })).message, created.message)

  const reserved = await client.call(`${BOOKING}/ReserveBooking`, { booking_id })
  t.match(reserved.message, { status: 'BOOKING_STATUS_RESERVED', expires_at: { seconds: Number } })
  t.match(await client.call(`${BOOKING}/ReserveBooking`, { booking_id }), { code: 'FAILED_PRECONDITION' })
  const completed = await client.call(`${BOOKING}/CompleteBooking`, { booking_id })
  t.match(completed.message, { status: 'BOOKING_STATUS_COMPLETED', paid_at: { seconds: Number } })
  t.match(await client.call(`${BOOKING}/ExpireBooking`, { booking_id }), { code: 'FAILED_PRECONDITION' })

  const { message: other } = await client.call(`${BOOKING}/CreateBooking`, {
    course_id: exampleIds.course,
    batch_id: exampleIds.batch,
    user_id: 'wired',
  })
  const expired = await client.call(`${BOOKING}/ExpireBooking`, { booking_id: other.booking_id })
  t.match(expired.message, { status: 'BOOKING_STATUS_EXPIRED' })

  const ids = async (filter: object) => {
    const { message } = await client.call(`${BOOKING}/ListBookings`, filter)
    return message.bookings.map((booking: { booking_id: string }) => booking.booking_id)
  }
  t.same(await ids({ user_id: 'wired' }), [other.booking_id, booking_id])
  t.same(await ids({ user_id: 'wired', status: 'BOOKING_STATUS_COMPLETED' }), [booking_id])
  t.same(await ids({ course_id: none }), [])
})

t.test('an idempotency key makes a command safe to send again', async (t) => {
  const request = { course_id: exampleIds.course, user_id: 'twice' }
  const metadata = { 'idempotency-key': 'a-key' }
  const first = await client.call(`${BOOKING}/CreateBooking`, request, { metadata })
  const second = await client.call(`${BOOKING}/CreateBooking`, request, { metadata })
  t.same(second.message, first.message)
  t.notOk('idempotency-replayed' in first.metadata)
  t.match(second.metadata, { 'idempotency-replayed': 'true' })
  const other = await client.call(`${BOOKING}/CreateBooking`, { ...request, user_id: 'other' }, { metadata })
  t.match(other, { code: 'INVALID_ARGUMENT', reason: 'IDEMPOTENCY_KEY_REUSED', fields: ['idempotency-key'] })
  const long = { 'idempotency-key': 'k'.repeat(256) }
  const refused = await client.call(`${BOOKING}/CreateBooking`, request, { metadata: long })
  t.match(refused, { code: 'INVALID_ARGUMENT', fields: ['idempotency-key'] })
})
