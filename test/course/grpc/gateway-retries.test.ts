import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import t, { type Test } from 'tap'
import type { Progress, RpcAnnouncement } from '../../../phases/announcements.ts'
import type { BookingService } from '../../../src/course/booking.ts'
import type { CatalogService } from '../../../src/course/course.ts'
import { RemoteBooking } from '../../../src/course/grpc/remote-booking.ts'
import { RemoteCatalog } from '../../../src/course/grpc/remote-catalog.ts'
import { DomainError } from '../../../src/platform/domain-error.ts'
import { GrpcClient } from '../../../src/platform/grpc/client.ts'
import { courseApp } from '../course-app.ts'
import { serveGrpc } from './grpc-app.ts'

const app = await courseApp(t)
const id = '01943ad7-aa80-7001-8000-000000000000'
const unavailable = new DomainError('unavailable', 'down')

const noCatalog = {} as CatalogService
const noBookings = {} as BookingService

async function remote(t: Test, services: { catalog?: object; bookings?: object }, count = 1) {
  const all = { catalog: noCatalog, bookings: noBookings, ...services } as Parameters<typeof serveGrpc>[2]
  const servers = await Promise.all(Array.from({ length: count }, () => serveGrpc(t, app, all)))
  const client = new GrpcClient(servers.map(({ address }) => address.replace('127.0.0.1', 'localhost')).join(','))
  t.teardown(() => client.close())
  return { catalog: new RemoteCatalog(client), bookings: new RemoteBooking(client), servers }
}

t.test('a read is retried, and succeeds when the server is back', async (t) => {
  let calls = 0
  const getCourse = async () => {
    if (++calls < 3) throw unavailable
    throw new DomainError('not_found', 'There is no such course.')
  }
  const { catalog } = await remote(t, { catalog: { getCourse } })
  await t.rejects(catalog.getCourse(id), { code: 'not_found', message: 'There is no such course.' })
  t.equal(calls, 3)
})

t.test('retries end after a limit, with the server’s error', async (t) => {
  let calls = 0
  const getCourse = async () => {
    calls++
    throw unavailable
  }
  const { catalog } = await remote(t, { catalog: { getCourse } })
  await t.rejects(catalog.getCourse(id), { name: 'DomainError', code: 'unavailable', message: 'down' })
  t.equal(calls, 4)
})

t.test('a change is sent once, unless it has an idempotency key', async (t) => {
  const keys: (string | undefined)[] = []
  const reserveBooking: BookingService['reserveBooking'] = async (_id, idempotency) => {
    keys.push(idempotency?.key)
    throw unavailable
  }
  const { bookings } = await remote(t, { bookings: { reserveBooking } })
  await t.rejects(bookings.reserveBooking(id), { code: 'unavailable' })
  t.same(keys, [undefined])
  await t.rejects(bookings.reserveBooking(id, { key: 'k' }), { code: 'unavailable' })
  t.same(keys, [undefined, 'k', 'k', 'k', 'k'])
})

t.test('several servers take turns, and an unavailable server is skipped', async (t) => {
  const { catalog, servers } = await remote(t, { catalog: { deleteCourse: async () => {} } }, 2)
  const calls = heard(t)
  await Promise.all(Array.from({ length: 20 }, () => catalog.deleteCourse(id)))
  await servers[0]?.server.close()
  // Announcements contain the outcomes.
  for (let i = 0; i < 10; i++) await Promise.allSettled([catalog.deleteCourse(id)])
  const failed = calls.filter(({ statusCode }) => statusCode !== 0).length
  t.equal(calls.length, 30)
  t.ok(failed <= 1, `${failed} of 30 failed`)
})

t.test('each call is announced, and metadata of listeners is sent', async (t) => {
  let received: string | undefined
  const calls = heard(t, (announcement) => announcement.requestMetadata.set('idempotency-key', 'written-by-a-listener'))
  const expireBooking: BookingService['expireBooking'] = async (_id, idempotency) => {
    received = idempotency?.key
    idempotency?.onReplay?.()
    throw new DomainError('conflict', 'The booking has ended already.')
  }
  const { bookings } = await remote(t, { bookings: { expireBooking } })
  await t.rejects(bookings.expireBooking(id), { code: 'conflict', message: 'The booking has ended already.' })
  t.equal(received, 'written-by-a-listener')
  t.match(calls, [{ service: 'course.v1.BookingService', method: 'ExpireBooking', statusCode: 9, error: DomainError }])
  t.equal(calls[0]?.responseMetadata.get('idempotency-replayed'), 'true')
})

/** Records the calls that a client announces, when they end. */
function heard(t: Test, onStart: (announcement: RpcAnnouncement) => void = () => {}): (RpcAnnouncement & Progress)[] {
  const ended: (RpcAnnouncement & Progress)[] = []
  const start = (message: unknown) => onStart(message as RpcAnnouncement)
  const end = (message: unknown) => ended.push(message as RpcAnnouncement)
  subscribe('tracing:course-app:rpc.client:start', start)
  subscribe('tracing:course-app:rpc.client:asyncEnd', end)
  t.teardown(() => {
    unsubscribe('tracing:course-app:rpc.client:start', start)
    unsubscribe('tracing:course-app:rpc.client:asyncEnd', end)
  })
  return ended
}
