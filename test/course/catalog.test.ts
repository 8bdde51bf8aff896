import t from 'tap'
import type { Course } from '../../src/course/course.ts'
import { batch, courseApp, listen, newBooking, newCourse, seats, send, verb } from './course-app.ts'

const unknown = '01943aca-9a80-7001-8000-00000000ffff'

const app = await courseApp(t)

t.test('lists of courses', async (t) => {
  const created: string[] = []
  for (let i = 0; i < 12; i++) created.unshift((await newCourse(app)).course_id)

  t.test('pagination returns every course once while others are added and deleted', async (t) => {
    const met = await walk('/v1/courses?page_size=5', () => newCourse(app))
    t.same(met, created)
  })

  t.test('a list with batches takes two statements', async (t) => {
    const heard = listen(t)
    const { courses } = (await send(app, 'GET', '/v1/courses?include=batches&page_size=100')).json<{
      courses: Course[]
    }>()
    t.same(
      heard.queries.map(({ operation, table }) => `${operation} ${table}`),
      ['SELECT courses', 'SELECT batches'],
    )
    t.ok(courses.every(({ batches }) => batches?.length === 1))
    t.equal(heard.queries[1]?.rows, courses.length)
    heard.clear()
    t.notOk((await send(app, 'GET', '/v1/courses')).json<{ courses: Course[] }>().courses[0]?.batches)
    t.equal(heard.queries.length, 1)
  })

  t.test('wrong queries are 400', async (t) => {
    const { next_page_token: token } = (await send(app, 'GET', '/v1/courses?page_size=1')).json()
    const { next_page_token: bookings } = await tokenOfBookings()
    const wrong = [
      'page_size=0',
      'page_size=101',
      'page_size=x',
      'include=seats',
      `page_token=${token}x`,
      'page_token=%00',
    ]
    for (const query of [...wrong, 'page_token=bm9wZQ', `page_token=${bookings}`, 'page_size=1&page_size=2']) {
      const response = await send(app, 'GET', `/v1/courses?${query}`)
      t.equal(response.statusCode, 400, query)
      t.match(response.json(), { errors: [{ path: /^\/(page_size|page_token|include)$/ }] })
    }
    t.equal((await send(app, 'GET', '/v1/courses?page_token=')).statusCode, 200, 'an empty token is the first page')
    t.equal((await send(app, 'GET', `/v1/courses?page_size=9&page_token=${token}`)).statusCode, 200, 'sizes may differ')
  })
})

t.test('courses', async (t) => {
  t.test('a course is created with its batches, read, changed and deleted', async (t) => {
    const response = await send(app, 'POST', '/v1/courses', {
      slug: 'first-course',
      name: 'First',
      batches: [
        batch({ name: 'Later', starts_at: '2040-02-01T10:00:00+02:00', ends_at: '2040-03-01T00:00:00Z' }),
        batch({ name: 'Sooner', starts_at: '2040-01-01T00:00:00Z', ends_at: '2040-03-01T00:00:00Z', max_seats: 7 }),
      ],
    })
    t.equal(response.statusCode, 201)
    const created = response.json<Course>()
    t.equal(response.headers.location, `/v1/courses/${created.course_id}`)
    t.match(created.course_id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'UUIDv7')
    t.match(created, { slug: 'first-course', name: 'First', description: '', published_at: created.created_at })
    t.match(created.batches, [
      { name: 'Sooner', max_seats: 7, available_seats: 7, price: 4900, currency: 'EUR' },
      { name: 'Later', starts_at: '2040-02-01T08:00:00.000Z' },
    ])

    const path = `/v1/courses/${created.course_id}`
    t.same((await send(app, 'GET', path)).json(), created)
    t.same((await send(app, 'GET', path.toUpperCase().replace('V1/COURSES', 'v1/courses'))).json(), created)

    const changed = await send(app, 'PATCH', path, { description: 'Two\nlines', published_at: null })
    t.equal(changed.statusCode, 200)
    t.match(changed.json(), { name: 'First', description: 'Two\nlines', published_at: null, batches: created.batches })
    t.same((await send(app, 'GET', path)).json(), changed.json(), 'the cached course is gone')

    t.equal((await send(app, 'DELETE', path)).statusCode, 204)
    for (const method of ['GET', 'DELETE'] as const) t.equal((await send(app, method, path)).statusCode, 404)
    t.equal((await send(app, 'PATCH', path, { name: 'x' })).statusCode, 404)
    const booking = { course_id: created.course_id, user_id: 'ada' }
    t.equal((await send(app, 'POST', '/v1/bookings', booking)).statusCode, 404)
    t.notOk((await walk('/v1/courses?page_size=100')).includes(created.course_id))
    await newCourse(app, { slug: 'first-course' })
  })

  t.test('a slug belongs to one course', async (t) => {
    const taken = await newCourse(app, { slug: 'taken-slug' })
    const other = await newCourse(app)
    t.equal((await send(app, 'POST', '/v1/courses', { slug: 'taken-slug', name: 'x' })).statusCode, 409)
    const response = await send(app, 'PATCH', `/v1/courses/${other.course_id}`, { slug: 'taken-slug' })
    t.equal(response.statusCode, 409)
    t.match(response.headers['content-type'], /^application\/problem\+json/)
    t.match(response.json(), { status: 409, detail: /taken-slug/ })
    t.equal((await send(app, 'PATCH', `/v1/courses/${taken.course_id}`, { slug: 'taken-slug' })).statusCode, 200)
    const both = await Promise.all([1, 2].map(() => send(app, 'POST', '/v1/courses', { slug: 'at-once', name: 'x' })))
    t.same(both.map(({ statusCode }) => statusCode).sort(), [201, 409])
  })

  t.test('errors name the invalid fields', async (t) => {
    const good = { slug: 'a-good-one', name: 'Good' }
    const bad: [object, string][] = [
      [{ name: 'x' }, '/slug'],
      [{ ...good, slug: 'Not A Slug' }, '/slug'],
      [{ ...good, slug: 'a--b' }, '/slug'],
      [{ ...good, slug: 'x'.repeat(101) }, '/slug'],
      [{ ...good, name: '' }, '/name'],
      [{ ...good, name: 'with\u0000nul' }, '/name'],
      [{ ...good, name: 'x'.repeat(201) }, '/name'],
      [{ ...good, description: 'nul\u0000' }, '/description'],
      [{ ...good, published_at: 'yesterday' }, '/published_at'],
      [{ ...good, published_at: '2025-06-30T23:59:60Z' }, '/published_at'],
      [{ ...good, published_at: '0000-01-01T00:00:00Z' }, '/published_at'],
      [{ ...good, extra: 1 }, '/extra'],
      [{ ...good, batches: [batch({ max_seats: 0 })] }, '/batches/0/max_seats'],
      [{ ...good, batches: [batch({ price: -1 })] }, '/batches/0/price'],
      [{ ...good, batches: [batch({ price: 1.5 })] }, '/batches/0/price'],
      [{ ...good, batches: [batch({ price: 1e12 })] }, '/batches/0/price'],
      [{ ...good, batches: [batch({ currency: 'euro' })] }, '/batches/0/currency'],
      [{ ...good, batches: [batch(), batch({ ends_at: '2020-01-01T00:00:00Z' })] }, '/batches/1/ends_at'],
      [{ ...good, batches: [batch({ starts_at: '2025-06-30T23:59:60Z' })] }, '/batches/0/starts_at'],
    ]
    for (const [body, path] of bad) {
      const response = await send(app, 'POST', '/v1/courses', body)
      t.equal(response.statusCode, 400, path)
      t.match(response.json().errors, [{ path, message: String }])
    }
    const { course_id } = await newCourse(app)
    for (const body of [{}, { name: null }, { course_id: unknown }, { batches: [] }, { slug: 'NO' }]) {
      t.equal((await send(app, 'PATCH', `/v1/courses/${course_id}`, body)).statusCode, 400, JSON.stringify(body))
    }
  })

  t.test('a malformed id is 400, an unknown id is 404', async (t) => {
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const body = method === 'PATCH' ? { name: 'x' } : undefined
      t.equal((await send(app, method, '/v1/courses/nope', body)).statusCode, 400, method)
      t.equal((await send(app, method, `/v1/courses/urn:uuid:${unknown}`, body)).statusCode, 400, method)
      t.equal((await send(app, method, `/v1/courses/${unknown}`, body)).statusCode, 404, method)
    }
  })

  t.test('a course with live bookings cannot be deleted', async (t) => {
    const { course_id } = await newCourse(app)
    const path = `/v1/courses/${course_id}`
    const booking = await newBooking(app, course_id)
    t.equal((await send(app, 'DELETE', path)).statusCode, 409, 'created')
    await verb(app, booking.booking_id, 'reserve')
    t.equal((await send(app, 'DELETE', path)).statusCode, 409, 'reserved')
    await verb(app, booking.booking_id, 'complete')
    t.equal((await send(app, 'DELETE', path)).statusCode, 204, 'completed')
    t.match((await send(app, 'GET', `/v1/bookings/${booking.booking_id}`)).json(), { status: 'completed' })
  })

  t.test('of a concurrent deletion and booking, one succeeds', async (t) => {
    for (let round = 0; round < 5; round++) {
      const { course_id } = await newCourse(app)
      const [deleted, booked] = await Promise.all([
        send(app, 'DELETE', `/v1/courses/${course_id}`),
        send(app, 'POST', '/v1/bookings', { course_id, user_id: 'ada' }),
      ])
      t.ok(['204/404', '409/201'].includes(`${deleted.statusCode}/${booked.statusCode}`))
    }
  })
})

t.test('cached courses', async (t) => {
  const heard = listen(t)
  const { course_id } = await newCourse(app)
  const path = `/v1/courses/${course_id}`

  t.test('a hit needs no statement', async (t) => {
    await send(app, 'GET', path)
    heard.clear()
    await send(app, 'GET', path)
    t.same(heard.queries, [])
    t.match(heard.cache, [{ operation: 'GET', entity: 'course', system: 'memory', outcome: 'hit' }])
  })

  t.test('concurrent readers share one load', async (t) => {
    await send(app, 'PATCH', path, { name: 'Again' })
    heard.clear()
    await Promise.all(Array.from({ length: 20 }, () => send(app, 'GET', path)))
    t.equal(heard.queries.length, 1)
    t.equal(heard.cache.filter(({ operation }) => operation === 'SET').length, 1)
  })

  t.test('every change of seats is visible at once', async (t) => {
    const [first, second] = [await newBooking(app, course_id), await newBooking(app, course_id)]
    t.same(await seats(app, course_id), [5])
    await verb(app, first.booking_id, 'reserve')
    t.same(await seats(app, course_id), [4])
    await verb(app, second.booking_id, 'reserve')
    t.same(await seats(app, course_id), [3])
    await verb(app, first.booking_id, 'complete')
    t.same(await seats(app, course_id), [3])
    await verb(app, second.booking_id, 'expire')
    t.same(await seats(app, course_id), [4])
  })

  t.test('reads during changes never cache stale data', async (t) => {
    const changes = Array.from({ length: 20 }, (_, i) => send(app, 'PATCH', path, { name: `Name ${i}` }))
    const reads = Array.from({ length: 20 }, () => send(app, 'GET', path))
    await Promise.all([...changes, ...reads])
    const cached = (await send(app, 'GET', path)).json<Course>()
    await app.cache.delete('course', course_id)
    t.same((await send(app, 'GET', path)).json(), cached)
  })
})

async function tokenOfBookings(): Promise<{ next_page_token: string }> {
  const { course_id } = await newCourse(app)
  for (let i = 0; i < 2; i++) await newBooking(app, course_id)
  return (await send(app, 'GET', '/v1/bookings?page_size=1')).json()
}

/** The ids of all courses, page by page; `between` runs after each page. */
async function walk(url: string, between: () => unknown = () => {}): Promise<string[]> {
  const met: string[] = []
  let token = ''
  do {
    const page = (await send(app, 'GET', `${url}&page_token=${token}`)).json()
    met.push(...(page.courses as Course[]).map(({ course_id }) => course_id))
    token = page.next_page_token
    await between()
  } while (token !== '')
  return met
}
