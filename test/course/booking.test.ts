import t from 'tap'
import { type Booking, HOLD_MS } from '../../src/course/booking.ts'
import { batch, Clock, courseApp, DAY, listen, newBooking, newCourse, seats, send, verb } from './course-app.ts'

const unknown = '01943aca-9a80-7001-8000-00000000ffff'
const customer = { name: 'Ada', email: 'ada@example.com', phone: '+44 20 7946 0000' }

const clock = new Clock()
const app = await courseApp(t, { now: clock.now })

t.test('lists of bookings', async (t) => {
  const [course, other] = [await newCourse(app), await newCourse(app)]
  const made: Booking[] = []
  for (let i = 0; i < 12; i++) {
    const { course_id } = i % 3 === 0 ? other : course
    made.unshift(await newBooking(app, course_id, { user_id: i % 2 === 0 ? 'ada' : 'bob & co/é' }))
  }
  for (const { booking_id } of made.slice(0, 3)) await verb(app, booking_id, 'reserve')
  const all = (await walk('')).map(({ booking_id }) => booking_id)
  t.same(
    all,
    made.map(({ booking_id }) => booking_id),
    'newest first',
  )

  t.test('every filter, alone and with the others, page by page', async (t) => {
    const filters = [
      { user_id: 'ada' },
      { user_id: 'bob & co/é' },
      { status: 'reserved' },
      { course_id: course.course_id },
      { status: 'created', user_id: 'ada', course_id: other.course_id },
      { user_id: 'nobody' },
    ]
    for (const filter of filters) {
      const found = await walk(`&${new URLSearchParams(filter as Record<string, string>)}`)
      const current = (await walk('')).filter((booking) =>
        Object.entries(filter).every(([name, value]) => booking[name as keyof Booking] === value),
      )
      t.same(found, current, JSON.stringify(filter))
    }
  })

  t.test('pagination returns each booking once while others are created', async (t) => {
    const before = (await walk('')).map(({ booking_id }) => booking_id)
    const met = await walk('', () => newBooking(app, course.course_id))
    t.same(
      met.map(({ booking_id }) => booking_id),
      before,
    )
  })

  t.test('a page token is valid only with its filters', async (t) => {
    const { next_page_token: token } = (await send(app, 'GET', '/v1/bookings?page_size=1&user_id=ada')).json()
    t.equal((await send(app, 'GET', `/v1/bookings?user_id=ada&page_token=${token}`)).statusCode, 200)
    for (const query of ['', '&user_id=bob', '&user_id=ada&status=created']) {
      const response = await send(app, 'GET', `/v1/bookings?page_token=${token}${query}`)
      t.match(response.json(), { status: 400, errors: [{ path: '/page_token' }] }, query)
    }
    t.equal((await send(app, 'GET', `/v1/courses?page_token=${token}`)).statusCode, 400)
    for (const query of [
      'status=nope',
      'status=',
      'user_id=',
      'course_id=nope',
      'user_id=%00',
      'user_id=a&user_id=b',
    ]) {
      t.equal((await send(app, 'GET', `/v1/bookings?${query}`)).statusCode, 400, query)
    }
  })
})

t.test('competition', async (t) => {
  t.test('100 concurrent requests for 5 seats', async (t) => {
    const { course_id } = await newCourse(app)
    const bookings = await Promise.all(Array.from({ length: 100 }, () => newBooking(app, course_id)))
    const before = await app.course.bookings.outstanding()
    const heard = listen(t)
    const statuses = (await Promise.all(bookings.map(({ booking_id }) => verb(app, booking_id, 'reserve')))).map(
      ({ statusCode }) => statusCode,
    )
    t.equal(statuses.filter((status) => status === 200).length, 5)
    t.equal(statuses.filter((status) => status === 409).length, 95)
    t.same(await seats(app, course_id), [0])
    t.equal(heard.bookings.length, 5)
    t.same(await app.course.bookings.outstanding(), {
      reserved: before.reserved + 5,
      potentialSales: [{ currency: 'EUR', amount: (before.potentialSales[0]?.amount ?? 0) + 5 * 4900 }],
    })
  })

  t.test('a booking changes its status once, and gives its seat back once', async (t) => {
    const { course_id } = await newCourse(app)
    const { booking_id } = await newBooking(app, course_id)
    const count = async (action: string) => {
      const all = await Promise.all(Array.from({ length: 20 }, () => verb(app, booking_id, action)))
      return all.filter(({ statusCode }) => statusCode === 200).length
    }
    t.equal(await count('reserve'), 1)
    t.same(await seats(app, course_id), [4])
    t.equal(await count('expire'), 1)
    t.same(await seats(app, course_id), [5])
  })

  t.test('of a concurrent completion and expiry, one succeeds', async (t) => {
    const { course_id } = await newCourse(app)
    const { booking_id } = await newBooking(app, course_id)
    await verb(app, booking_id, 'reserve')
    const both = await Promise.all([verb(app, booking_id, 'complete'), verb(app, booking_id, 'expire')])
    t.same(both.map(({ statusCode }) => statusCode).sort(), [200, 409])
    const { status } = (await send(app, 'GET', `/v1/bookings/${booking_id}`)).json<Booking>()
    t.same(await seats(app, course_id), [status === 'completed' ? 4 : 5])
  })
})

t.test('bookings', async (t) => {
  t.test('from created to completed', async (t) => {
    const course = await newCourse(app)
    const response = await send(app, 'POST', '/v1/bookings', { course_id: course.course_id, user_id: 'ada', customer })
    t.equal(response.statusCode, 201)
    const created = response.json<Booking>()
    t.equal(response.headers.location, `/v1/bookings/${created.booking_id}`)
    t.same(created, {
      booking_id: created.booking_id,
      course_id: course.course_id,
      batch_id: course.batches?.[0]?.batch_id,
      user_id: 'ada',
      customer,
      price: 4900,
      currency: 'EUR',
      status: 'created',
      created_at: clock.now().toISOString(),
      reserved_at: null,
      expires_at: null,
      paid_at: null,
      updated_at: clock.now().toISOString(),
    })

    clock.advance(1050)
    const reserved = (await verb(app, created.booking_id.toUpperCase(), 'reserve')).json<Booking>()
    const reserved_at = clock.now().toISOString()
    const expires_at = new Date(clock.time + HOLD_MS).toISOString()
    t.same(reserved, { ...created, status: 'reserved', reserved_at, expires_at, updated_at: reserved_at })
    t.same((await send(app, 'GET', `/v1/bookings/${created.booking_id}`)).json(), reserved)

    clock.advance(HOLD_MS - 1)
    const completed = (await verb(app, created.booking_id, 'complete')).json<Booking>()
    const paid_at = clock.now().toISOString()
    t.same(completed, { ...reserved, status: 'completed', paid_at, updated_at: paid_at })
    t.same((await send(app, 'GET', `/v1/bookings/${created.booking_id}`)).json(), completed)
    t.same((await newBooking(app, course.course_id)).customer, null)
  })

  const reach: Record<string, (id: string) => Promise<unknown>> = {
    created: async () => {},
    reserved: (id) => verb(app, id, 'reserve'),
    completed: async (id) => {
      await verb(app, id, 'reserve')
      await verb(app, id, 'complete')
    },
    expired: (id) => verb(app, id, 'expire'),
    failed: async (id) => {
      await verb(app, id, 'reserve')
      clock.advance(HOLD_MS - 1)
      await verb(app, id, 'complete')
    },
  }
  const allowed: Record<string, string> = {
    'created:reserve': 'reserved',
    'created:expire': 'expired',
    'reserved:complete': 'completed',
    'reserved:expire': 'expired',
  }
  for (const from of Object.keys(reach)) {
    for (const action of ['reserve', 'complete', 'expire']) {
      const to = allowed[`${from}:${action}`]
      t.test(`${from} :${action} → ${to ?? '409'}`, async (t) => {
        const endsSoon = batch({
          starts_at: new Date(clock.time - DAY).toISOString(),
          ends_at: new Date(clock.time + HOLD_MS - 1).toISOString(),
        })
        const { course_id } = await newCourse(app, { batches: [from === 'failed' ? endsSoon : batch()] })
        const { booking_id } = await newBooking(app, course_id)
        await reach[from]?.(booking_id)
        const before = (await send(app, 'GET', `/v1/bookings/${booking_id}`)).json<Booking>()
        t.equal(before.status, from)
        const response = await verb(app, booking_id, action)
        const after = (await send(app, 'GET', `/v1/bookings/${booking_id}`)).json<Booking>()
        if (to) {
          t.equal(response.statusCode, 200)
          t.equal(after.status, to)
          t.same(response.json(), after)
        } else {
          t.equal(response.statusCode, 409)
          t.match(response.json(), { status: 409, title: 'Conflict', detail: new RegExp(from) })
          t.same(after, before)
        }
        t.same(await seats(app, course_id), [['reserved', 'completed'].includes(after.status) ? 4 : 5])
      })
    }
  }

  t.test('an overdue hold cannot be paid for, and its seat is released', async (t) => {
    const { course_id } = await newCourse(app)
    const { booking_id } = await newBooking(app, course_id)
    await verb(app, booking_id, 'reserve')
    clock.advance(HOLD_MS)
    const heard = listen(t)
    const both = await Promise.all([1, 2].map(() => verb(app, booking_id, 'complete')))
    t.same(
      both.map(({ statusCode }) => statusCode),
      [409, 409],
    )
    t.match((await send(app, 'GET', `/v1/bookings/${booking_id}`)).json(), { status: 'expired', paid_at: null })
    t.same(await seats(app, course_id), [5])
    t.same(
      heard.bookings.map(({ status }) => status),
      ['expired'],
    )
  })

  t.test('in a batch that has ended, payment fails and reserving is closed', async (t) => {
    const start = new Date(clock.time - DAY).toISOString()
    const soon = new Date(clock.time + 1000).toISOString()
    const { course_id } = await newCourse(app, { batches: [batch({ starts_at: start, ends_at: soon })] })
    const [held, late] = [await newBooking(app, course_id), await newBooking(app, course_id)]
    await verb(app, held.booking_id, 'reserve')
    clock.advance(1000)
    const heard = listen(t)
    t.match((await verb(app, held.booking_id, 'complete')).json(), { status: 409, detail: /ended/ })
    t.match((await verb(app, late.booking_id, 'reserve')).json(), { status: 409, title: 'Conflict', detail: /ended/ })
    t.match((await send(app, 'GET', `/v1/bookings/${late.booking_id}`)).json(), { status: 'created' })
    t.same(await seats(app, course_id), [5])
    t.same(
      heard.bookings.map(({ status }) => status),
      ['failed'],
    )
    for (const batch_id of [undefined, held.batch_id]) {
      const body = { course_id, user_id: 'ada', ...(batch_id && { batch_id }) }
      t.equal((await send(app, 'POST', '/v1/bookings', body)).statusCode, 409)
    }
  })

  t.test('without a batch, the earliest one with a free seat is chosen', async (t) => {
    const at = (days: number) => new Date(clock.time + days * DAY).toISOString()
    const { course_id, batches = [] } = await newCourse(app, {
      batches: [
        batch({ name: 'over', starts_at: at(-9), ends_at: at(-1) }),
        batch({ name: 'first', starts_at: at(1), ends_at: at(2), max_seats: 1 }),
        batch({ name: 'second', starts_at: at(3), ends_at: at(4), max_seats: 1, price: 100, currency: 'JPY' }),
      ],
    })
    const first = await newBooking(app, course_id)
    const beaten = await newBooking(app, course_id)
    t.equal(first.batch_id, batches[1]?.batch_id)
    await verb(app, first.booking_id, 'reserve')
    const soldOut = await verb(app, beaten.booking_id, 'reserve')
    t.match(soldOut.json(), { status: 409, title: 'Sold Out' })
    t.match((await send(app, 'GET', `/v1/bookings/${beaten.booking_id}`)).json(), {
      status: 'created',
      reserved_at: null,
    })

    const second = await newBooking(app, course_id)
    t.match(second, { batch_id: batches[2]?.batch_id, price: 100, currency: 'JPY' })
    await verb(app, second.booking_id, 'reserve')
    for (const batch_id of [undefined, batches[1]?.batch_id]) {
      const response = await send(app, 'POST', '/v1/bookings', {
        course_id,
        user_id: 'ada',
        ...(batch_id && { batch_id }),
      })
      t.match(response.json(), { status: 409, title: 'Sold Out' })
    }
    await verb(app, first.booking_id, 'expire')
    t.equal((await verb(app, beaten.booking_id, 'reserve')).statusCode, 200, 'the seat that came back')
  })

  t.test('bookings that are rejected', async (t) => {
    const { course_id } = await newCourse(app)
    const other = await newCourse(app)
    const draft = await newCourse(app, { published_at: null })
    const later = await newCourse(app, { published_at: '2090-01-01T00:00:00Z' })
    const empty = await newCourse(app, { batches: [] })
    const good = { course_id, user_id: 'ada' }
    const cases: [number, object][] = [
      [404, { ...good, course_id: unknown }],
      [404, { ...good, batch_id: unknown }],
      [404, { ...good, batch_id: other.batches?.[0]?.batch_id }],
      [409, { ...good, course_id: draft.course_id }],
      [409, { ...good, course_id: later.course_id }],
      [409, { ...good, course_id: empty.course_id }],
      [400, { user_id: 'ada' }],
      [400, { course_id }],
      [400, { ...good, course_id: 'nope' }],
      [400, { ...good, batch_id: 'nope' }],
      [400, { ...good, user_id: '' }],
      [400, { ...good, user_id: 'x'.repeat(129) }],
      [400, { ...good, user_id: 'a\u0000b' }],
      [400, { ...good, price: 1 }],
      [400, { ...good, customer: { name: 'Ada' } }],
      [400, { ...good, customer: { ...customer, email: 'nope' } }],
      [400, { ...good, customer: { ...customer, phone: 'call me' } }],
      [400, { ...good, customer: { ...customer, age: 36 } }],
    ]
    for (const [status, body] of cases) {
      const response = await send(app, 'POST', '/v1/bookings', body)
      t.equal(response.statusCode, status, JSON.stringify(body))
      t.match(response.headers['content-type'], /^application\/problem\+json/)
    }
    for (const action of ['', ':reserve', ':complete', ':expire']) {
      const method = action === '' ? 'GET' : 'POST'
      t.equal((await send(app, method, `/v1/bookings/${unknown}${action}`)).statusCode, 404, action)
      t.equal((await send(app, method, `/v1/bookings/nope${action}`)).statusCode, 400, action)
    }
    t.equal((await verb(app, unknown, 'nope')).statusCode, 404)
    t.equal((await send(app, 'POST', `/v1/bookings/${unknown}`)).statusCode, 405)
  })
})

async function walk(filter: string, between: () => unknown = () => {}): Promise<Booking[]> {
  const met: Booking[] = []
  let token = ''
  do {
    const page = (await send(app, 'GET', `/v1/bookings?page_size=4&page_token=${token}${filter}`)).json()
    met.push(...(page.bookings as Booking[]))
    token = page.next_page_token
    await between()
  } while (token !== '')
  return met
}
