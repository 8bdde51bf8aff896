import { createHash } from 'node:crypto'
import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { batch, courseApp, newBooking, newCourse, seats, send } from './course-app.ts'

const app = await courseApp(t)
const json = { 'content-type': 'application/json' }

/** Error messages are sentences, not patterns. */
const READABLE = /^(?!.*\\u).{1,120}$/

t.test('a body is validated without coercion', async (t) => {
  const course = { slug: 'strict', name: 'Strict' }
  const wrong: Record<string, [path: string, body: object]> = {
    'true for a text': ['/name', { ...course, name: true }],
    'a number for a text': ['/name', { ...course, name: 7 }],
    'a text for a number': ['/batches/0/max_seats', { ...course, batches: [{ ...batch(), max_seats: '20' }] }],
    'null for a number': ['/batches/0/price', { ...course, batches: [{ ...batch(), price: null }] }],
    'an array of one text': ['/slug', { ...course, slug: ['strict'] }],
    'an object for an array': ['/batches', { ...course, batches: batch() }],
    'null for a text that may be left out': ['/description', { ...course, description: null }],
  }
  for (const [what, [path, body]] of Object.entries(wrong)) {
    const response = await send(app, 'POST', '/v1/courses', body)
    t.equal(response.statusCode, 400, what)
    t.match(response.json().errors, [{ path }], what)
  }

  const { course_id, description } = await newCourse(app, { description: 'Kept.' })
  t.equal((await send(app, 'PATCH', `/v1/courses/${course_id}`, { description: null })).statusCode, 400)
  t.equal((await send(app, 'GET', `/v1/courses/${course_id}`)).json().description, description)
  for (const body of [{ user_id: false }, { user_id: 1 }, { user_id: 'ada', course_id: [course_id] }]) {
    const response = await send(app, 'POST', '/v1/bookings', { course_id, ...body })
    t.equal(response.statusCode, 400, JSON.stringify(body))
  }
  t.equal((await send(app, 'GET', '/v1/courses?page_size=5')).statusCode, 200, 'a query is text, and 5 is a number')
})

t.test('a page token with impossible contents is rejected', async (t) => {
  const tokens = ['courses', 'bookings'].map((list) =>
    [
      ['2026-02-30T00:00:00.000Z', '01943aca-9a80-7001-8000-00000000ffff'],
      ['0000-01-01T00:00:00.000Z', '01943aca-9a80-7001-8000-00000000ffff'],
      ['2026-01-01T24:00:00.000Z', '01943aca-9a80-7001-8000-00000000ffff'],
      ['1969-12-31T00:00:00.000Z', '01943aca-9a80-7001-8000-00000000ffff'],
      ['2026-01-01T00:00:00.000Z', '01943aca-9a80-7001-8000'],
    ].map(([time, id]) => ({ list, token: forged(list, time as string, id as string), time })),
  )
  for (const list of ['courses', 'bookings']) {
    const token = forged(list, '2026-01-31T00:00:00.000Z', '01943aca-9a80-7001-8000-00000000ffff')
    t.equal((await send(app, 'GET', `/v1/${list}?page_token=${token}`)).statusCode, 200, 'the form is right')
  }
  for (const { list, token, time } of tokens.flat()) {
    const response = await send(app, 'GET', `/v1/${list}?page_token=${token}`)
    t.equal(response.statusCode, 400, `${list}: ${time}`)
    t.match(response.json(), { errors: [{ path: '/page_token' }] })
  }
})

t.test('an impossible time gets a matching reason', async (t) => {
  const times = {
    '2035-03-05T09:00:00+01': /offset/,
    '2034-12-31T23:59:60Z': /leap second/,
    '1969-12-31T23:59:59Z': /1970 to 9999/,
  }
  for (const [starts_at, message] of Object.entries(times)) {
    const body = { slug: 'times', name: 'Times', batches: [batch({ starts_at })] }
    const response = await send(app, 'POST', '/v1/courses', body)
    t.equal(response.statusCode, 400, starts_at)
    t.match(response.json().errors, [{ path: '/batches/0/starts_at', message }])
  }
})

t.test('invisible text, bidi controls and lone surrogates are rejected', async (t) => {
  const names = {
    'a space': ' ',
    'a zero-width space': '\u200b',
    'a filler': '\u3164',
    'a line separator': 'a\u2028b',
    'a next line': 'a\u0085b',
    'a right-to-left override': 'a\u202eb',
    'an isolate': 'a\u2066b',
  }
  for (const [what, name] of Object.entries(names)) {
    const response = await send(app, 'POST', '/v1/courses', { slug: 'text', name })
    t.equal(response.statusCode, 400, what)
    t.match(response.json().errors, [{ path: '/name', message: READABLE }], what)
  }
  for (const half of [{ name: 'a\ud800' }, { description: '\udc00' }, { '\udc00': 1 }, { batches: ['\ud83d'] }]) {
    const answer = await send(app, 'POST', '/v1/courses', { slug: 'text', name: 'Text', ...half })
    t.match(answer.json(), { status: 400, detail: /surrogate/ })
  }
  const control = await send(app, 'POST', '/v1/courses', { slug: 'text', name: 'Text', description: 'a\u0000' })
  t.match(control.json(), { status: 400, errors: [{ path: '/description', message: READABLE }] })
  for (const name of ['שלום', '日本語', '👩‍💻', 'a b']) {
    t.equal((await newCourse(app, { name })).name, name)
  }
})

t.test('invalid UTF-8 and other charsets are rejected', async (t) => {
  const post = (payload: Buffer, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/v1/courses', headers: { 'content-type': type }, payload })
  const bytes = Buffer.from('{"slug":"latin","name":"caf\xe9"}', 'latin1')
  t.match((await post(bytes)).json(), { status: 400, detail: 'The body is not valid UTF-8.' })
  t.match((await post(bytes, 'application/json; charset=iso-8859-1')).json(), { status: 415, detail: /charset=utf-8/ })
  const utf8 = Buffer.from('{"slug":"utf-eight","name":"café"}')
  t.equal((await post(utf8, 'application/json; charset="UTF-8"')).json().name, 'café')
})

t.test('__proto__ and similar keys are rejected by name', async (t) => {
  const post = (payload: string) => app.inject({ method: 'POST', url: '/v1/courses', headers: json, payload })
  t.match((await post('{"slug":"x","__proto__":{}}')).json(), { status: 400, detail: /__proto__/ })
  t.match((await post('{"slug":')).json(), { status: 400, detail: /valid JSON/ })
  const deep = 30_000
  t.match((await post('['.repeat(deep) + ']'.repeat(deep))).json(), { status: 400, detail: /body is not valid/ })
})

t.test('a command without a body may have a JSON content type', async (t) => {
  const { course_id } = await newCourse(app)
  const { booking_id } = await newBooking(app, course_id)
  const response = await app.inject({ method: 'POST', url: `/v1/bookings/${booking_id}:reserve`, headers: json })
  t.equal(response.statusCode, 200)
  const empty = await app.inject({ method: 'POST', url: '/v1/bookings', headers: json })
  t.equal(empty.statusCode, 400, 'where a body is wanted, none is refused')
})

t.test('a key covers equal requests: capitals in an id and a phone of null make no difference', async (t) => {
  const { course_id } = await newCourse(app)
  const customer = { name: 'Ada', email: 'ada@example.com' }
  const bodies = [
    { course_id, user_id: 'ada', customer },
    { course_id: course_id.toUpperCase(), user_id: 'ada', customer: { ...customer, phone: null } },
  ]
  const answers = []
  for (const payload of bodies) {
    const headers = { 'idempotency-key': 'same-key' }
    answers.push(await app.inject({ method: 'POST', url: '/v1/bookings', headers, payload }))
  }
  t.same(answers[1]?.json(), answers[0]?.json())
  t.match(answers[1]?.headers, { 'idempotency-replayed': 'true' })
  t.match(answers[0]?.json(), { customer: { phone: null } })

  const { booking_id } = (answers[0] as LightMyRequestResponse).json()
  for (const id of [booking_id, booking_id.toUpperCase()]) {
    const headers = { 'idempotency-key': 'reserve-key' }
    const response = await app.inject({ method: 'POST', url: `/v1/bookings/${id}:reserve`, headers })
    t.equal(response.statusCode, 200, id)
  }
  t.same(await seats(app, course_id), [4])
})

/** A token in the service's format with the given contents. */
function forged(list: string, time: string, id: string): string {
  const identity = list === 'courses' ? ['courses'] : ['bookings', null, null, null]
  const fingerprint = createHash('sha256').update(JSON.stringify(identity)).digest('base64url').slice(0, 8)
  return Buffer.from(JSON.stringify([time, id, fingerprint])).toString('base64url')
}
