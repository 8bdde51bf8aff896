import { AsyncLocalStorage } from 'node:async_hooks'
import t, { type Test } from 'tap'
import { channels, type Progress, type RpcAnnouncement } from '../../../phases/announcements.ts'
import type { BookingService } from '../../../src/course/booking.ts'
import type { CatalogService } from '../../../src/course/course.ts'
import { bookings } from '../../../src/course/schema.ts'
import { isCancelled } from '../../../src/platform/cancellation.ts'
import { reflectedClient } from '../../../testkit/grpc-client.ts'
import { waitFor } from '../../../testkit/wait-for.ts'
import { listen, newBooking, newCourse } from '../course-app.ts'
import { BOOKING, bothFaces, CATALOG, serveGrpc } from './grpc-app.ts'

const { app, client } = await bothFaces(t)
const { course_id } = await newCourse(app)
const health = 'grpc.health.v1.Health'

/** A promise that its creator settles. */
function gate() {
  let open = () => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, passed }
}

/** The status codes of calls that have ended, and a promise for the first of them. */
function listenForEnd(t: Test) {
  const codes: (number | undefined)[] = []
  const { open, passed } = gate()
  const onEnd = (announcement: unknown) => {
    codes.push((announcement as RpcAnnouncement).statusCode)
    open()
  }
  channels.rpcServer.asyncEnd.subscribe(onEnd)
  t.teardown(() => channels.rpcServer.asyncEnd.unsubscribe(onEnd))
  return { codes, ended: passed }
}

t.test('a call is announced, and its work runs inside the announcement', async (t) => {
  const heard: (RpcAnnouncement & Progress)[] = []
  const scope = new AsyncLocalStorage<{ method: string }>()
  const seen: (string | undefined)[] = []
  const handlers = {
    start: () => {},
    end: () => {},
    asyncStart: () => {},
    asyncEnd: (announcement: RpcAnnouncement & Progress) => void heard.push(announcement),
    error: () => {},
  }
  const onQuery = () => void seen.push(scope.getStore()?.method)
  channels.rpcServer.subscribe(handlers)
  channels.rpcServer.start.bindStore(scope, ({ method, requestMetadata, responseMetadata }) => {
    responseMetadata.set('x-request-id', requestMetadata.get('x-request-id') ?? 'none')
    return { method }
  })
  channels.query.start.subscribe(onQuery)
  t.teardown(() => {
    channels.rpcServer.unsubscribe(handlers)
    channels.rpcServer.start.unbindStore(scope)
    channels.query.start.unsubscribe(onQuery)
  })

  const metadata = { 'x-request-id': 'from-the-caller' }
  const found = await client.call(`${BOOKING}/ListBookings`, {}, { metadata })
  t.match(found, { code: 'OK', metadata })
  t.match(heard, [{ service: BOOKING, method: 'ListBookings', statusCode: 0, startedAt: Number, error: undefined }])
  t.same(seen, ['ListBookings'], 'its statement knows the context that a listener has bound')

  const wrong = await client.call(`${CATALOG}/GetCourse`, { course_id: 'x' }, { metadata })
  t.match(wrong, { code: 'INVALID_ARGUMENT', metadata })
  t.match(heard[1], { method: 'GetCourse', statusCode: 3, error: { code: 'invalid' } })

  await client.send(`${CATALOG}/GetCourse`, Buffer.from([0xff]))
  t.match(heard[2], { method: 'GetCourse', statusCode: 3 }, 'bytes that are no message too')
  await client.call(`${health}/Check`)
  t.equal(heard.length, 3, 'health is not work')
})

t.test('a call that has ended sends no more statements', async (t) => {
  const { queries, clear } = listen(t)
  const { ended: over, codes } = listenForEnd(t)
  const catalog = {
    deleteCourse: async (id: string) => {
      // The context that the handler's statements inherit.
      await waitFor('the end of the call', isCancelled)
      await app.course.catalog.deleteCourse(id)
    },
  } as unknown as CatalogService
  const { address } = await serveGrpc(t, app, { catalog, bookings: app.course.bookings })
  const client = await reflectedClient(t, address)
  clear()

  const answer = await client.call(`${CATALOG}/DeleteCourse`, { course_id }, { deadline: Date.now() + 100 })
  t.match(answer, { code: 'DEADLINE_EXCEEDED' })
  await over
  t.same(queries, [], 'nothing was asked of the database')
  t.same(codes, [4], 'and listeners hear what the caller was told')
  t.equal((await client.call(`${BOOKING}/ListBookings`)).code, 'OK')
})

t.test('a call that is cancelled in a transaction has no effect', async (t) => {
  const controller = new AbortController()
  const before = await app.database.run((queries) => queries.$count(bookings))
  // The call is cancelled while its first of several statements is in flight.
  const onQuery = () => controller.abort()
  channels.query.start.subscribe(onQuery)
  t.teardown(() => channels.query.start.unsubscribe(onQuery))
  const { ended, codes } = listenForEnd(t)
  const call = client.call(`${BOOKING}/CreateBooking`, { course_id, user_id: 'u' }, { signal: controller.signal })
  t.match(await call, { code: 'CANCELLED' })
  await ended
  const now = await app.database.run((queries) => queries.$count(bookings))
  // The cancellation races with the statements, so either all of them took effect or none.
  t.equal(now - before, codes[0] === 0 ? 1 : 0)
})

t.test('a shared load does not end with the call that began it', async (t) => {
  const { course_id } = await newCourse(app)
  const controller = new AbortController()
  const first = client.call(`${CATALOG}/GetCourse`, { course_id }, { signal: controller.signal })
  const second = client.call(`${CATALOG}/GetCourse`, { course_id })
  const onQuery = () => controller.abort()
  channels.query.start.subscribe(onQuery)
  t.teardown(() => channels.query.start.unsubscribe(onQuery))
  t.match(await second, { code: 'OK', message: { course_id } })
  t.match((await first).code, /^(OK|CANCELLED)$/)
})

t.test('a call whose deadline has passed is not started', async (t) => {
  let calls = 0
  const catalog = {
    listCourses: async () => {
      calls++
      return { items: [], next_page_token: '' }
    },
  } as unknown as CatalogService
  const { address } = await serveGrpc(t, app, { catalog, bookings: {} as BookingService })
  const client = await reflectedClient(t, address)
  t.match(await client.call(`${CATALOG}/ListCourses`, {}, { deadline: Date.now() - 1 }), { code: 'DEADLINE_EXCEEDED' })
  // Simulates a call that arrives after its deadline; a client would not send it.
  const late = { 'grpc-timeout': '1n' }
  t.match(await client.call(`${CATALOG}/ListCourses`, {}, { metadata: late }), { code: 'DEADLINE_EXCEEDED' })
  t.equal(calls, 0)
})

t.test('health follows readiness, for each service', async (t) => {
  let isReady = true
  const readiness = async () => {
    if (!isReady) throw new Error('unavailable')
  }
  const { server, address } = await serveGrpc(t, app, app.course, readiness)
  const client = await reflectedClient(t, address)
  const check = async (service: string) => {
    const { code, message } = await client.call(`${health}/Check`, { service })
    return message?.status ?? code
  }
  const checks = () => Promise.all(['', CATALOG, BOOKING, 'nothing'].map(check))
  t.same(await checks(), ['SERVING', 'SERVING', 'SERVING', 'NOT_FOUND'])

  const watched: string[] = []
  const watch = client.stream(`${health}/Watch`, { service: CATALOG })
  watch.on('data', ({ status }: { status: string }) => watched.push(status))
  const end = new Promise((resolve) => watch.on('end', resolve))
  const unknown: string[] = []
  const other = client.stream(`${health}/Watch`, { service: 'nothing' })
  other.on('data', ({ status }: { status: string }) => unknown.push(status)).on('error', () => {})
  await waitFor('the first status', () => watched.length === 1 && unknown.length === 1)
  other.cancel()

  isReady = false
  t.same(await checks(), ['NOT_SERVING', 'NOT_SERVING', 'NOT_SERVING', 'NOT_FOUND'])
  await waitFor('the second status', () => watched.length === 2)
  isReady = true
  await waitFor('the third status', () => watched.length === 3)

  await server.close()
  await end
  t.same(watched, ['SERVING', 'NOT_SERVING', 'SERVING', 'NOT_SERVING'], 'and a watch ends when the server does')
  t.same(unknown, ['SERVICE_UNKNOWN'])
})

t.test('a booking made over HTTP is readable over gRPC', async (t) => {
  const { booking_id } = await newBooking(app, course_id)
  t.match(await client.call(`${BOOKING}/GetBooking`, { booking_id }), { code: 'OK', message: { booking_id } })
})
