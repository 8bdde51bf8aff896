import { AsyncLocalStorage } from 'node:async_hooks'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { channels, type QueryAnnouncement } from '../../phases/announcements.ts'
import { batch, courseApp, listen, newBooking, newCourse, send, verb } from './course-app.ts'

const app = await courseApp(t)

// First, while the tables are empty: plans depend on their contents.
t.test('every list uses an index', async (t) => {
  const heard = listen(t)
  const { course_id } = await newCourse(app)
  await newBooking(app, course_id)
  const { next_page_token: courseToken } = await nextPage('/v1/courses')
  const { next_page_token: token } = await nextPage('/v1/bookings')
  for (const setting of ['enable_seqscan', 'enable_sort']) {
    await app.database.run((queries) => queries.execute(sql.raw(`set ${setting} = off`)))
    t.teardown(() => app.database.run((queries) => queries.execute(sql.raw(`reset ${setting}`))))
  }

  const time = '2025-01-01T00:00:00.000Z'
  const cases: [string, RegExp][] = [
    ['/v1/courses?page_size=2', /Backward using courses_newest/],
    [`/v1/courses?page_size=2&page_token=${courseToken}`, /Backward using courses_newest[\s\S]*Index Cond: \(ROW/],
    ['/v1/courses?include=batches', /batches_of_course/],
    ['/v1/bookings?page_size=2', /Backward using bookings_newest/],
    [`/v1/bookings?page_size=2&page_token=${token}`, /Backward using bookings_newest[\s\S]*Index Cond: \(ROW/],
    ['/v1/bookings?user_id=ada', /Backward using bookings_by_user/],
    ['/v1/bookings?status=created', /Backward using bookings_by_status/],
    [`/v1/bookings?course_id=${course_id}`, /Backward using bookings_by_course/],
  ]
  for (const [url, plan] of cases) {
    heard.clear()
    await send(app, 'GET', url)
    t.match(await explain(heard.queries.at(-1)?.text ?? ''), plan, url)
  }
  heard.clear()
  await app.course.bookings.outstanding()
  t.match(await explain(heard.queries.at(-1)?.text ?? ''), /bookings_outstanding/)

  /** Pages of one row, and two rows, so that there is a next page. */
  async function nextPage(url: string) {
    if (url === '/v1/courses') await newCourse(app)
    else await newBooking(app, course_id)
    return (await send(app, 'GET', `${url}?page_size=1`)).json<{ next_page_token: string }>()
  }

  /** The plan with a realistic value for each placeholder. */
  async function explain(text: string): Promise<string> {
    const statement = text
      .replace(/\$\d+(?=::timestamptz)/g, `'${time}'`)
      .replace(/\$\d+(?=::uuid)|(?<="course_id" = )\$\d+/g, `'${course_id}'`)
      .replace(/(?<=limit )\$\d+/g, '2')
      .replace(/(?<="status" = )\$\d+/g, text.includes('group by') ? `'reserved'` : `'created'`)
      .replace(/\$\d+/g, `'${text.includes('string_to_array') ? course_id : 'ada'}'`)
    const { rows } = (await app.database.run((queries) =>
      queries.execute(sql.raw(`explain ${statement}`)),
    )) as unknown as {
      rows: Record<string, string>[]
    }
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
})

t.test('announcements of the course service', async (t) => {
  const heard = listen(t)

  t.test('statements, with placeholders and without values', async (t) => {
    const secrets = { name: 'Eve Secret', email: 'eve@secret.example', phone: '+1 555 0100 123' }
    const { course_id } = await newCourse(app, { slug: 'secret-slug', name: 'Secret name', description: 'Secret text' })
    const { booking_id } = await newBooking(app, course_id, { user_id: 'secret-user', customer: secrets })
    heard.clear()
    await newBooking(app, course_id, { user_id: 'secret-user', customer: secrets })
    await verb(app, booking_id, 'reserve')
    await verb(app, booking_id, 'complete')
    await send(app, 'GET', '/v1/bookings?user_id=secret-user&status=completed')
    await send(app, 'POST', '/v1/courses', { slug: 'secret-slug', name: 'Secret name' })
    t.same(
      heard.queries.map(({ operation, table, rows }) => `${operation} ${table} ${rows}`),
      [
        ...['BEGIN  0', 'SELECT courses 1', 'SELECT batches 1', 'INSERT bookings 1', 'COMMIT  0'],
        ...['UPDATE bookings 1', 'UPDATE bookings 1', 'SELECT bookings 1'],
        ...['BEGIN  0', 'INSERT courses undefined', 'ROLLBACK  0'],
      ],
    )
    for (const { text, system, table } of heard.queries) {
      t.equal(system, 'postgresql')
      if (table === '') continue // begins or ends a transaction
      t.match(text, /\$1/)
      t.notMatch(text.replace(/'(created|reserved)'/g, ''), /secret|'[^']+'/i, 'no literal but a constant of the code')
      t.notOk(text.includes(course_id) || text.includes(booking_id))
    }
    const { error } = heard.queries.at(-2) as QueryAnnouncement & { error: Error }
    t.match(error, { name: 'DatabaseError', sqlState: '23505', constraint: 'courses_slug' })
    t.notMatch(JSON.stringify(error, Object.getOwnPropertyNames(error)), /secret/i)
  })

  t.test('reservations that share a statement: the statement once, and the share of each', async (t) => {
    const { course_id } = await newCourse(app, { batches: [batch({ max_seats: 4 })] })
    const made = await Promise.all(Array.from({ length: 6 }, () => newBooking(app, course_id)))
    heard.clear()
    await Promise.all(made.map(({ booking_id }) => verb(app, booking_id, 'reserve')))
    const updates = heard.queries.filter(({ operation, table }) => operation === 'UPDATE' && table === 'bookings')
    t.ok(updates.length < 6, `${updates.length} statements for six reservations`)
    t.equal(updates.map(({ rows }) => rows ?? 0).reduce(sum), 4, 'rows of all')
    t.equal(heard.shares.length, 6)
    const shares = updates.flatMap(({ shares = [] }) => shares)
    const alone = updates.filter(({ shares = [] }) => shares.length === 0)
    t.equal(shares.length + alone.length, 6)
    t.equal([...shares, ...alone].map(({ rows }) => rows ?? 0).reduce(sum), 4)
  })

  t.test('two statements for a page of courses with their batches, whatever its size', async (t) => {
    for (let i = 0; i < 5; i++) await newCourse(app, { batches: [batch(), batch()] })
    heard.clear()
    const { courses } = (await send(app, 'GET', '/v1/courses?page_size=100&include=batches')).json()
    t.ok(courses.length >= 5)
    t.same(
      heard.queries.map(({ operation, table }) => `${operation} ${table}`),
      ['SELECT courses', 'SELECT batches'],
    )
  })

  t.test('bookings, after the commit', async (t) => {
    const { course_id } = await newCourse(app)
    heard.clear()
    const { booking_id, batch_id } = await newBooking(app, course_id)
    await verb(app, booking_id, 'reserve')
    await verb(app, booking_id, 'reserve')
    await verb(app, booking_id, 'expire')
    const about = { bookingId: booking_id, courseId: course_id, batchId: batch_id, price: 4900, currency: 'EUR' }
    t.same(
      heard.bookings,
      ['created', 'reserved', 'expired'].map((status) => ({ status, ...about })),
    )
  })

  t.test('cache commands, with their outcome', async (t) => {
    const { course_id } = await newCourse(app)
    heard.clear()
    await send(app, 'GET', `/v1/courses/${course_id}`)
    await send(app, 'GET', `/v1/courses/${course_id}`)
    await send(app, 'PATCH', `/v1/courses/${course_id}`, { name: 'New' })
    t.same(
      heard.cache.map(({ operation, entity, system, outcome }) => [operation, entity, system, outcome].join(' ')),
      ['GET course memory miss', 'SET course memory ok', 'GET course memory hit', 'DEL course memory ok'],
    )
  })

  t.test('everything in the context of the request that caused it', async (t) => {
    const context = new AsyncLocalStorage<number>()
    const wrong: unknown[] = []
    const expected = new WeakMap<object, number | undefined>()
    const onStart = (message: object) => expected.set(message, context.getStore())
    const onEnd = (message: object) => {
      const isOfAll = ((message as QueryAnnouncement).shares?.length ?? 0) > 1
      if ((context.getStore() === undefined) !== isOfAll || expected.get(message) !== context.getStore())
        wrong.push(message)
    }
    for (const channel of [channels.query, channels.cache]) {
      channel.start.subscribe(onStart as never)
      channel.asyncEnd.subscribe(onEnd as never)
    }
    const course = await context.run(0, () => newCourse(app, { batches: [batch({ max_seats: 100 })] }))
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        context.run(i + 1, async () => {
          const { booking_id } = await newBooking(app, course.course_id)
          if (context.getStore() !== i + 1) wrong.push(`after createBooking of ${i + 1}`)
          await verb(app, booking_id, 'reserve')
          await app.database.run((queries) => queries.execute(sql`select 1`))
          if (context.getStore() !== i + 1) wrong.push(`after a statement of ${i + 1}`)
          await send(app, 'GET', `/v1/courses/${course.course_id}`)
        }),
      ),
    )
    for (const channel of [channels.query, channels.cache]) {
      channel.start.unsubscribe(onStart as never)
      channel.asyncEnd.unsubscribe(onEnd as never)
    }
    t.same(wrong, [])
  })
})

function sum(a: number, b: number): number {
  return a + b
}
