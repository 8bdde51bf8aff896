import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { BookingService } from '../../../src/course/booking.ts'
import type { CatalogService } from '../../../src/course/course.ts'
import { DomainError, type DomainErrorCode } from '../../../src/platform/domain-error.ts'
import { reflectedClient } from '../../../testkit/grpc-client.ts'
import { BOOKING, bothFaces, CATALOG, serveGrpc } from './grpc-app.ts'

const { app, client } = await bothFaces(t)
const id = '01943ad7-aa80-7001-8000-000000000000'
const at = (seconds: number, nanos = 0) => ({ seconds, nanos })

t.test('errors thrown by services', async (t) => {
  let thrown: unknown
  const catalog = { getCourse: () => Promise.reject(thrown) } as unknown as CatalogService
  const { address } = await serveGrpc(t, app, { catalog, bookings: {} as BookingService })
  const client = await reflectedClient(t, address)

  const table: Record<DomainErrorCode, string> = {
    idempotency_key_reused: 'INVALID_ARGUMENT',
    invalid: 'INVALID_ARGUMENT',
    not_found: 'NOT_FOUND',
    conflict: 'FAILED_PRECONDITION',
    sold_out: 'FAILED_PRECONDITION',
    unavailable: 'UNAVAILABLE',
    timeout: 'DEADLINE_EXCEEDED',
    internal: 'INTERNAL',
  }
  for (const [code, expected] of Object.entries(table)) {
    thrown = new DomainError(code as DomainErrorCode, `“${code}” ${'€'.repeat(10)}`, [
      { path: '/batches/0/starts_at', message: 'is wrong' },
    ])
    const answer = await client.call(`${CATALOG}/GetCourse`, { course_id: id })
    t.match(answer, { code: expected, reason: code.toUpperCase() }, code)
    if (code !== 'internal') t.match(answer, { details: (thrown as Error).message, fields: ['batches[0].starts_at'] })
  }

  for (const secret of [new DomainError('internal', 'secret'), new Error('secret'), 'secret', undefined, null]) {
    thrown = secret
    const answer = await client.call(`${CATALOG}/GetCourse`, { course_id: id })
    t.match(answer, { code: 'INTERNAL', details: 'The server ran into an error.', fields: [] })
    t.notMatch(JSON.stringify(answer), 'secret')
  }
})

const batch = { name: 'b', starts_at: at(2e9), ends_at: at(3e9), max_seats: 1, currency: 'EUR' }
const course = { slug: 'a-slug', name: 'A name' }

const invalid: Record<string, [method: string, request: object, ...fields: string[]]> = {
  'no page': [`${CATALOG}/ListCourses`, { page_size: 0 }, 'page_size'],
  'a negative page': [`${CATALOG}/ListCourses`, { page_size: -1 }, 'page_size'],
  'a large page': [`${BOOKING}/ListBookings`, { page_size: 101 }, 'page_size'],
  'a page token of garbage': [`${CATALOG}/ListCourses`, { page_token: 'garbage' }, 'page_token'],
  'a page token that is long': [`${CATALOG}/ListCourses`, { page_token: 'g'.repeat(257) }, 'page_token'],
  'no id': [`${CATALOG}/GetCourse`, {}, 'course_id'],
  'a wrong id': [`${CATALOG}/GetCourse`, { course_id: `${id}0` }, 'course_id'],
  'an id of another kind': [`${CATALOG}/DeleteCourse`, { course_id: `urn:uuid:${id}` }, 'course_id'],
  'a wrong id beside a change': [`${CATALOG}/UpdateCourse`, { course_id: 'x', name: 'n' }, 'course_id'],
  'a wrong booking id': [`${BOOKING}/GetBooking`, { booking_id: 'x' }, 'booking_id'],
  'a wrong id to reserve': [`${BOOKING}/ReserveBooking`, { booking_id: '' }, 'booking_id'],
  'a wrong id to complete': [`${BOOKING}/CompleteBooking`, { booking_id: '\0' }, 'booking_id'],
  'a wrong id to expire': [`${BOOKING}/ExpireBooking`, { booking_id: "'; drop table courses" }, 'booking_id'],
  'an empty course': [`${CATALOG}/CreateCourse`, {}, 'slug', 'name'],
  'a long slug': [`${CATALOG}/CreateCourse`, { ...course, slug: 'x'.repeat(101) }, 'slug'],
  'a line break': [`${CATALOG}/CreateCourse`, { ...course, name: 'A\nname' }, 'name'],
  'a long text': [`${CATALOG}/CreateCourse`, { ...course, description: 'x'.repeat(5001) }, 'description'],
  'a NUL in a text': [`${CATALOG}/CreateCourse`, { ...course, description: '\0' }, 'description'],
  'a time before all times': [`${CATALOG}/CreateCourse`, { ...course, published_at: at(-1e15) }, 'published_at'],
  'a time before 1970': [`${CATALOG}/CreateCourse`, { ...course, published_at: at(-1) }, 'published_at'],
  'a second that is too long': [`${CATALOG}/CreateCourse`, { ...course, published_at: at(0, 1e9) }, 'published_at'],
  'a batch without times': [
    `${CATALOG}/CreateCourse`,
    { ...course, batches: [{ ...batch, starts_at: null, ends_at: null }] },
    'batches[0].starts_at',
    'batches[0].ends_at',
  ],
  'a batch that ends first': [
    `${CATALOG}/CreateCourse`,
    { ...course, batches: [batch, { ...batch, ends_at: at(1e9) }] },
    'batches[1].ends_at',
  ],
  'no seats': [`${CATALOG}/CreateCourse`, { ...course, batches: [{ ...batch, max_seats: 0 }] }, 'batches[0].max_seats'],
  'a negative price': [
    `${CATALOG}/CreateCourse`,
    { ...course, batches: [{ ...batch, price: -1 }] },
    'batches[0].price',
  ],
  'too many batches': [`${CATALOG}/CreateCourse`, { ...course, batches: Array(101).fill(batch) }, 'batches'],
  'no change': [`${CATALOG}/UpdateCourse`, { course_id: id }, ''],
  'a change to nothing': [`${CATALOG}/UpdateCourse`, { course_id: id, name: '' }, 'name'],
  'an unknown status': [`${BOOKING}/ListBookings`, { status: 99 }, 'status'],
  'an empty user': [`${BOOKING}/ListBookings`, { user_id: '' }, 'user_id'],
  'no user': [`${BOOKING}/CreateBooking`, { course_id: id }, 'user_id'],
  'an empty batch id': [`${BOOKING}/CreateBooking`, { course_id: id, user_id: 'u', batch_id: '' }, 'batch_id'],
  'a wrong customer': [
    `${BOOKING}/CreateBooking`,
    { course_id: id, user_id: 'u', customer: { name: '', email: 'x', phone: '-' } },
    'customer.name',
    'customer.email',
    'customer.phone',
  ],
}

t.test('invalid input is INVALID_ARGUMENT and names the fields', async (t) => {
  for (const [what, [method, request, ...fields]] of Object.entries(invalid)) {
    const { code, reason, ...answer } = await client.call(method, request)
    const named = [...new Set(answer.fields)]
    t.same([code, reason, named], ['INVALID_ARGUMENT', 'INVALID', fields], `${what}: ${answer.details}`)
  }
})

t.test('malformed messages', async (t) => {
  // A length beyond the end, an unknown tag, an unterminated varint.
  for (const bytes of [[10, 200, 1], [0x07], [8, ...Array(11).fill(0xff)], [0xff]]) {
    const answer = await client.send(`${CATALOG}/GetCourse`, Buffer.from(bytes))
    t.match(answer, { code: 'INVALID_ARGUMENT', reason: 'INVALID' }, bytes.join())
  }
  const name = Buffer.from([10, 4, ...Buffer.from('slug'), 18, 2, 0xc3, 0x28])
  const notText = await client.send(`${CATALOG}/CreateCourse`, name)
  t.match(notText, { code: 'INVALID_ARGUMENT', details: /a text is not UTF-8/ })
})

t.test('requests above the size limit', async (t) => {
  const description = 'x'.repeat(64 * 1024)
  t.match(await client.call(`${CATALOG}/CreateCourse`, { ...course, description }), { code: 'RESOURCE_EXHAUSTED' })
})

t.test('unknown methods and services', async (t) => {
  for (const path of [`${CATALOG}/Nothing`, 'course.v1.Nothing/GetCourse', 'nothing', `${CATALOG}/`]) {
    t.match(await client.send(path, Buffer.of()), { code: 'UNIMPLEMENTED' }, path)
  }
  t.match(await client.call(`${CATALOG}/GetCourse`, { course_id: id }), { code: 'NOT_FOUND' }, 'and all is well')
})

t.test('generated files are up to date', async (t) => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url))
  const folder = t.testdir()
  execFileSync(process.execPath, [join(root, 'scripts/generate-proto.mjs'), folder])
  const contents = (of: string) => {
    const files = readdirSync(of, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return Object.fromEntries(
      files.map(({ parentPath, name }) => {
        const file = join(parentPath, name)
        return [file.slice(of.length), readFileSync(file, 'utf8')]
      }),
    )
  }
  const made = contents(folder)
  t.ok(Object.keys(made).length > 20)
  t.same(contents(join(root, 'src/proto')), made, 'or else: npm run generate')
})
