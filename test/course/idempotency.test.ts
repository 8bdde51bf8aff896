import { isDeepStrictEqual } from 'node:util'
import { eq, sql } from 'drizzle-orm'
import fc from 'fast-check'
import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { type Booking, HOLD_MS } from '../../src/course/booking.ts'
import { KEY_LIFETIME_MS } from '../../src/course/idempotency.ts'
import { bookings, idempotencyKeys } from '../../src/course/schema.ts'
import { forAll } from '../../testkit/for-all.ts'
import { batch, Clock, courseApp, DAY, listen, newBooking, newCourse, seats, send, verb } from './course-app.ts'

const clock = new Clock()
const app = await courseApp(t, { now: clock.now })
const customer = { name: 'Ada', email: 'ada@example.com', phone: '+44 20 7946 0000' }

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[]
  readonly responses: Record<string, object>
}

let keys = 0
const newKey = () => `key-${++keys}`

function post(url: string, key: string, payload?: object): Promise<LightMyRequestResponse> {
  return app.inject({ method: 'POST', url, headers: { 'idempotency-key': key }, ...(payload ? { payload } : {}) })
}

/** Replayed answers are equal except for the request's id. */
function answer({ statusCode, headers, body }: LightMyRequestResponse) {
  const { request_id: _, ...rest } = JSON.parse(body)
  return { statusCode, location: headers.location, type: headers['content-type'], body: rest }
}

const isReplay = ({ headers }: LightMyRequestResponse) => headers['idempotency-replayed'] === 'true'

async function numberOfKeys(key: string): Promise<number> {
  const found = await app.database.run((queries) =>
    queries.select({ key: idempotencyKeys.key }).from(idempotencyKeys).where(eq(idempotencyKeys.key, key)),
  )
  return found.length
}

async function bookingsOf(courseId: string): Promise<Booking[]> {
  return (await send(app, 'GET', `/v1/bookings?course_id=${courseId}&page_size=100`)).json().bookings
}

t.test('a repeated request gets the same answer and has no second effect', async (t) => {
  t.test('creating', async (t) => {
    const { course_id } = await newCourse(app)
    const heard = listen(t)
    const [key, body] = [newKey(), { course_id, user_id: 'ada', customer }]
    const first = await post('/v1/bookings', key, body)
    t.equal(first.statusCode, 201)
    t.notOk(isReplay(first))
    const again = await post('/v1/bookings', key, { customer, user_id: 'ada', course_id })
    t.same(answer(again), answer(first), 'whatever the order of the fields')
    t.ok(isReplay(again))
    t.equal((await bookingsOf(course_id)).length, 1)
    t.equal(heard.bookings.length, 1, 'it is announced once')

    const { booking_id } = first.json<Booking>()
    clock.advance(1000)
    await verb(app, booking_id, 'reserve')
    await verb(app, booking_id, 'complete')
    t.same(answer(await post('/v1/bookings', key, body)), answer(first), 'as it was then, not as it is now')
  })

  t.test('each verb', async (t) => {
    const { course_id } = await newCourse(app)
    const heard = listen(t)
    const urls: Record<string, string> = {}
    for (const last of ['complete', 'expire']) {
      const { booking_id } = await newBooking(app, course_id)
      for (const action of ['reserve', last]) {
        const [url, key] = [`/v1/bookings/${booking_id}:${action}`, newKey()]
        const first = await post(url, key)
        t.equal(first.statusCode, 200, action)
        clock.advance(1000)
        const again = await post(url, key)
        t.same(answer(again), answer(first), action)
        t.ok(isReplay(again))
        urls[url] = key
      }
    }
    t.equal(heard.bookings.length, 6)
    t.same(await seats(app, course_id), [4], 'one is paid for, one was given back once')
    for (const [url, key] of Object.entries(urls)) t.ok(isReplay(await post(url, key)))
    t.same(await seats(app, course_id), [4])
  })

  t.test('ten concurrent requests', async (t) => {
    const { course_id } = await newCourse(app)
    const heard = listen(t)
    const body = { course_id, user_id: 'ada' }
    const created = await tenTimes('/v1/bookings', newKey(), body)
    t.equal((await bookingsOf(course_id)).length, 1)
    const { booking_id } = created.json<Booking>()
    await tenTimes(`/v1/bookings/${booking_id}:reserve`, newKey())
    t.same(await seats(app, course_id), [4])
    await tenTimes(`/v1/bookings/${booking_id}:expire`, newKey())
    t.same(await seats(app, course_id), [5])
    t.equal(heard.bookings.length, 3)

    async function tenTimes(url: string, key: string, payload?: object): Promise<LightMyRequestResponse> {
      const all = await Promise.all(Array.from({ length: 10 }, () => post(url, key, payload)))
      const [first] = all as [LightMyRequestResponse]
      for (const response of all) t.same(answer(response), answer(first))
      t.equal(all.filter(isReplay).length, 9)
      t.match(String(first.statusCode), /^20[01]$/)
      return first
    }
  })

  t.test('failures that are final outcomes', async (t) => {
    const { course_id } = await newCourse(app, { batches: [batch({ max_seats: 1 })] })
    const [holder, beaten] = [await newBooking(app, course_id), await newBooking(app, course_id)]
    await verb(app, holder.booking_id, 'reserve')
    const unknown = '01943aca-9a80-7001-8000-00000000ffff'
    const failing: [number, string, object?][] = [
      [409, '/v1/bookings', { course_id, user_id: 'ada' }],
      [404, '/v1/bookings', { course_id: unknown, user_id: 'ada' }],
      [409, `/v1/bookings/${beaten.booking_id}:reserve`],
      [409, `/v1/bookings/${beaten.booking_id}:complete`],
      [404, `/v1/bookings/${unknown}:expire`],
    ]
    const asked: [LightMyRequestResponse, () => Promise<LightMyRequestResponse>][] = []
    for (const [status, url, payload] of failing) {
      const key = newKey()
      const ask = () => post(url, key, payload)
      const all = await Promise.all([ask(), ask(), ask()])
      const first = all[0]
      t.equal(first.statusCode, status, url)
      t.match(first.headers['content-type'], /^application\/problem\+json/)
      for (const response of all) t.same(answer(response), answer(first))
      t.equal(all.filter(isReplay).length, 2)
      asked.push([first, ask])
    }
    await verb(app, holder.booking_id, 'expire')
    t.same(await seats(app, course_id), [1])
    for (const [first, ask] of asked) t.same(answer(await ask()), answer(first), 'also when it would work by now')
    t.same(await seats(app, course_id), [1])
    t.equal((await post(`/v1/bookings/${beaten.booking_id}:reserve`, newKey())).statusCode, 200, 'a new key')
  })

  t.test('an overdue hold expires once, with the same failure', async (t) => {
    const { course_id } = await newCourse(app)
    const { booking_id } = await newBooking(app, course_id)
    await verb(app, booking_id, 'reserve')
    clock.advance(HOLD_MS)
    const heard = listen(t)
    const [url, key] = [`/v1/bookings/${booking_id}:complete`, newKey()]
    const all = await Promise.all([1, 2, 3].map(() => post(url, key)))
    for (const response of all) t.match(response.json(), { status: 409, detail: /has expired/ })
    t.same(
      heard.bookings.map(({ status }) => status),
      ['expired'],
    )
    t.same(await seats(app, course_id), [5])
  })
})

t.test('a key belongs to one request', async (t) => {
  const { course_id } = await newCourse(app)
  const key = newKey()
  const { booking_id } = (await post('/v1/bookings', key, { course_id, user_id: 'ada' })).json<Booking>()
  const other = await newBooking(app, course_id)
  const verbKey = newKey()
  t.equal((await post(`/v1/bookings/${booking_id}:reserve`, verbKey)).statusCode, 200)
  const wrong: [string, string, object?][] = [
    ['/v1/bookings', key, { course_id, user_id: 'bob' }],
    ['/v1/bookings', key, { course_id, user_id: 'ada', customer }],
    [`/v1/bookings/${booking_id}:reserve`, key],
    ['/v1/bookings', verbKey, { course_id, user_id: 'ada' }],
    [`/v1/bookings/${booking_id}:complete`, verbKey],
    [`/v1/bookings/${other.booking_id}:reserve`, verbKey],
  ]
  for (const [url, used, payload] of wrong) {
    const response = await post(url, used, payload)
    t.match(response.json(), { status: 422, detail: /another request/ }, `${url} ${used}`)
    t.match(response.headers['content-type'], /^application\/problem\+json/)
    t.notOk(isReplay(response))
  }
  t.equal((await bookingsOf(course_id)).length, 2)
  t.same(await seats(app, course_id), [4])
  t.ok(isReplay(await post('/v1/bookings', key, { course_id, user_id: 'ada' })), 'which still has its answer')
})

t.test('invalid keys', async (t) => {
  const { course_id } = await newCourse(app)
  const { booking_id } = await newBooking(app, course_id)
  const url = `/v1/bookings/${booking_id}:reserve`
  for (const key of ['', ' ', 'a b', 'a, b', 'x'.repeat(256), 'ä', 'tab\there', '\u007f']) {
    const response = await post(url, key)
    t.match(response.json(), { status: 400, errors: [{ path: '/idempotency-key' }] }, JSON.stringify(key))
    t.match(response.headers['content-type'], /^application\/problem\+json/)
  }
  t.same(await seats(app, course_id), [5])
  const longest = `"${'~'.repeat(253)}"`
  t.equal((await post(url, longest)).statusCode, 200)
  t.ok(isReplay(await post(url, longest)))
  t.match((await post(`${url}x`, newKey())).json(), { status: 404 })
})

t.test('the documentation lists the header where it is supported', async (t) => {
  const { paths } = (await send(app, 'GET', '/swagger/json')).json()
  const documented = Object.entries(paths as Record<string, Record<string, Operation>>)
    .filter(([, { post }]) =>
      post?.parameters?.some(({ name, in: place }) => name === 'idempotency-key' && place === 'header'),
    )
    .map(([path, { post }]) => [path, '422' in (post?.responses ?? {}), post?.parameters?.at(-1)?.required])
  t.same(documented, [
    ['/v1/bookings', true, false],
    ...['reserve', 'complete', 'expire'].map((verb) => [`/v1/bookings/{booking_id}:${verb}`, true, false]),
  ])
})

t.test('a key lives for 24 hours', async (t) => {
  const { course_id } = await newCourse(app, {
    batches: [batch({ ends_at: new Date(clock.time + 90 * DAY).toISOString() })],
  })
  const [key, other] = [newKey(), newKey()]
  const book = (user_id: string, used = key) => post('/v1/bookings', used, { course_id, user_id })
  const first = await book('ada')
  await book('bob', other)
  clock.advance(KEY_LIFETIME_MS - 1)
  t.same(answer(await book('ada')), answer(first))

  clock.advance(1)
  const both = await Promise.all([book('ada'), book('ada')])
  t.equal(both.filter(isReplay).length, 1, 'then it is a new one')
  t.not(both[0]?.json().booking_id, first.json().booking_id)

  t.equal(await numberOfKeys(other), 1)
  await app.course.sweeper.sweep()
  t.equal(await numberOfKeys(other), 0, 'and the sweeper removes unused keys')
  t.equal(await numberOfKeys(key), 1)
  t.equal((await book('eve', other)).statusCode, 201)
})

t.test('a transient failure is not stored', async (t) => {
  const { course_id } = await newCourse(app)
  const { booking_id } = await newBooking(app, course_id)
  const [url, key] = [`/v1/bookings/${booking_id}:reserve`, newKey()]
  const { transaction } = app.database
  t.teardown(() => Object.assign(app.database, { transaction }))
  Object.assign(app.database, { transaction: breaksBeforeItsCommit })
  t.equal((await post(url, key)).statusCode, 500)
  Object.assign(app.database, { transaction })
  t.same(await seats(app, course_id), [5], 'it had no effect')
  t.match((await post(url, key)).json(), { status: 'reserved' }, 'so the same key may try again')

  function breaksBeforeItsCommit(work: (tx: never) => Promise<unknown>): Promise<unknown> {
    return transaction.call(app.database, async (tx) => {
      await work(tx as never)
      throw new Error('something has gone wrong')
    })
  }
})

t.test('no customer data is stored with a key', async (t) => {
  const { course_id } = await newCourse(app)
  const secret = { name: 'Eve Secret', email: 'eve@secret.example', phone: '+1 555 0100 123' }
  await post('/v1/bookings', newKey(), { course_id, user_id: 'secret-user', customer: secret })
  const rows = await app.database.run((queries) => queries.select().from(idempotencyKeys))
  t.ok(rows.length > 0)
  t.notMatch(JSON.stringify(rows), /secret|555.?0100/i) // an id or a hash may well have 555 in it
})

t.test('random retries, concurrent and later, never have a second effect', async (t) => {
  const command = fc.record({
    booking: fc.nat(2),
    action: fc.constantFrom('create', 'reserve', 'complete', 'expire'),
    key: fc.nat(3),
    /** Number of concurrent requests. */
    times: fc.integer({ min: 1, max: 3 }),
  })
  const rounds = fc.array(fc.array(command, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 })

  const heard = listen(t)
  await forAll(
    rounds,
    async (plan) => {
      const { course_id, batches = [] } = await newCourse(app, { batches: [batch({ max_seats: 2 })] })
      const made = await Promise.all([0, 1, 2].map((n) => newBooking(app, course_id, { user_id: `user-${n}` })))
      heard.clear()
      const run = newKey()
      /** The first request and answer of each key. */
      const answers = new Map<string, { url: string; answer: ReturnType<typeof answer> }>()
      for (const round of plan) {
        const sent = round.flatMap(({ times, ...one }) => Array.from({ length: times }, () => one))
        await Promise.all(
          sent.map(async ({ booking, action, key }) => {
            const id = made[booking]?.booking_id
            const url = action === 'create' ? '/v1/bookings' : `/v1/bookings/${id}:${action}`
            const payload = action === 'create' ? { course_id, user_id: 'ada' } : undefined
            const used = `${run}-${key}`
            const response = await post(url, used, payload)
            const { statusCode } = response
            if (statusCode === 422) return
            if (![200, 201, 409].includes(statusCode)) throw new Error(`${url} answered ${response.body}`)
            const known = answers.get(used) ?? { url, answer: answer(response) }
            answers.set(used, known)
            if (known.url !== url) throw new Error(`${used} was taken for ${known.url} and for ${url}`)
            if (!isDeepStrictEqual(answer(response), known.answer)) throw new Error('another answer')
          }),
        )
      }
      const succeeded = [...answers.values()].filter(({ answer }) => answer.statusCode < 300)
      if (heard.bookings.length !== succeeded.length) {
        throw new Error(`${succeeded.length} keys that succeeded had ${heard.bookings.length} effects`)
      }
      const held = await app.database.run((queries) =>
        queries
          .select({ booking_id: bookings.booking_id })
          .from(bookings)
          .where(
            sql`${bookings.batch_id} = ${batches[0]?.batch_id} and ${bookings.status} in ('reserved', 'completed')`,
          ),
      )
      const [free = -1] = await seats(app, course_id)
      if (free + held.length !== 2) throw new Error(`${free} free and ${held.length} taken of 2 seats`)
    },
    { numRuns: 30, milliseconds: 8000 },
  )
  t.pass('every plan')
})
