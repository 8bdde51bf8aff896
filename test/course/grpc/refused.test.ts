import { once } from 'node:events'
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { Metadata, status } from '@grpc/grpc-js'
import t, { type Test } from 'tap'
import { channels, type Progress, type RpcAnnouncement } from '../../../phases/announcements.ts'
import { detailsOf } from '../../../testkit/grpc-client.ts'
import { waitFor } from '../../../testkit/wait-for.ts'
import { BOOKING, bothFaces, CATALOG } from './grpc-app.ts'

const { address, client } = await bothFaces(t)

interface Sent {
  readonly path?: string
  readonly headers?: OutgoingHttpHeaders
  readonly bytes?: Buffer
  /** Whether the message announces more bytes than it sends. */
  readonly isOpen?: boolean
}

interface Case extends Sent {
  readonly code: keyof typeof status
  readonly reason?: string
  readonly service?: string
  readonly method?: string
  readonly originalMethod?: string
}

function frame(message: Buffer, { isCompressed = false, length = message.length } = {}): Buffer {
  const head = Buffer.from([isCompressed ? 1 : 0, 0, 0, 0, 0])
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, message])
}

const nothing = frame(Buffer.of())
const gzip = { 'grpc-encoding': 'gzip' }
const other = { code: 'UNIMPLEMENTED', service: '_OTHER', method: '_OTHER' } as const

const cases: Record<string, Case> = {
  'a method that does not exist': {
    ...other,
    path: `/${CATALOG}/Nothing`,
    service: CATALOG,
    originalMethod: `${CATALOG}/Nothing`,
  },
  'a service that does not exist': { ...other, path: '/a.b.C/Get', originalMethod: 'a.b.C/Get' },
  'a method that health does not have': {
    ...other,
    path: '/grpc.health.v1.Health/Heal',
    originalMethod: 'grpc.health.v1.Health/Heal',
  },
  'a path that is no method': { ...other, path: '/', originalMethod: '' },
  'a call to an unknown method that never ends': { ...other, path: '/x', originalMethod: 'x', isOpen: true },
  'another HTTP method without a path': { ...other, headers: { ':method': 'CONNECT' }, originalMethod: 'undefined' },
  'a message that is too large': { code: 'RESOURCE_EXHAUSTED', bytes: frame(Buffer.alloc(64 * 1024 + 1)) },
  'a length that is too large, before the message': {
    code: 'RESOURCE_EXHAUSTED',
    bytes: frame(Buffer.of(), { length: 0xffff_ffff }),
    isOpen: true,
  },
  'a message that is too large once it is decompressed': {
    code: 'RESOURCE_EXHAUSTED',
    headers: gzip,
    bytes: frame(gzipSync(Buffer.alloc(1024 * 1024)), { isCompressed: true }),
  },
  'a compression that is not known': {
    code: 'UNIMPLEMENTED',
    headers: { 'grpc-encoding': 'snappy' },
    bytes: frame(Buffer.from('x'), { isCompressed: true }),
  },
  'what cannot be decompressed': {
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID',
    headers: gzip,
    bytes: frame(Buffer.from('garbage'), { isCompressed: true }),
  },
  'no message': { code: 'UNIMPLEMENTED', bytes: Buffer.of() },
  'half a message': { code: 'UNIMPLEMENTED', bytes: frame(Buffer.from('x'), { length: 10 }) },
  'two messages': { code: 'UNIMPLEMENTED', bytes: Buffer.concat([nothing, nothing]) },
  'a timeout that is no time': { code: 'INVALID_ARGUMENT', reason: 'INVALID', headers: { 'grpc-timeout': 'soon' } },
  'a deadline that passes before the message is complete': {
    code: 'DEADLINE_EXCEEDED',
    headers: { 'grpc-timeout': '20m' },
    isOpen: true,
  },
}

t.test('a call rejected before its handler runs is announced once and gets the reason', async (t) => {
  const session = connectTo(t)
  for (const [what, { code, reason = code, path, headers, bytes, isOpen, ...names }] of Object.entries(cases)) {
    const { begun, ended, stop } = listen()
    const answer = await send(session, { path, headers, bytes, isOpen } as Sent)
    await waitFor(`the end of ${what}`, () => ended.length > 0)
    stop()
    t.equal(answer['grpc-status'], String(status[code]), `${what}: ${answer['grpc-message']}`)
    t.same(detailsOf(Metadata.fromHttp2Headers(answer)).reason, reason, what)
    t.equal(answer['x-announced'], 'yes', `${what}: its metadata is sent`)
    t.equal(begun.length, 1, what)
    t.same(
      ended.map(({ service, method, originalMethod, statusCode, causedByCaller }) => {
        return { service, method, originalMethod, statusCode, causedByCaller }
      }),
      [
        {
          ...{ service: BOOKING, method: 'ListBookings', originalMethod: undefined, ...names },
          ...{ statusCode: status[code], causedByCaller: true },
        },
      ],
      what,
    )
  }
  t.equal((await client.call(`${BOOKING}/ListBookings`)).code, 'OK', 'and the server serves')
})

t.test('a call cancelled before its message is complete counts as in flight until then', async (t) => {
  const session = connectTo(t)
  const { begun, ended, stop } = listen()
  const stream = session.request(headersOf({}), { endStream: false }).on('error', () => {})
  stream.write(nothing.subarray(0, 2))
  await waitFor('its beginning', () => begun.length === 1)
  t.same(ended, [])
  stream.destroy()
  await waitFor('its end', () => ended.length === 1)
  stop()
  t.match(ended, [{ statusCode: status.CANCELLED, causedByCaller: true, error: { reason: 'CANCELLED' } }])
})

t.test('metadata that is too large', async (t) => {
  for (const size of [17_000, 66_000, 200_000]) {
    const began = performance.now()
    const answer = await client.call(
      `${BOOKING}/ListBookings`,
      {},
      {
        metadata: { large: '/'.repeat(size) },
        deadline: Date.now() + 30_000,
      },
    )
    t.match(answer.code, /^(RESOURCE_EXHAUSTED|INTERNAL)$/, `${size} bytes`)
    t.ok(performance.now() - began < 10_000, `${size} bytes: long before the deadline`)
  }
  const metadata = { large: 'x'.repeat(15_000) }
  t.equal((await client.call(`${BOOKING}/ListBookings`, {}, { metadata })).code, 'OK')

  const session = connectTo(t)
  const [settings] = (await once(session, 'remoteSettings')) as [{ maxHeaderListSize: number }]
  t.equal(settings.maxHeaderListSize, 16 * 1024, 'clients are told how much they may send')
})

function connectTo(t: Test): ClientHttp2Session {
  const session = connect(`http://${address}`)
  t.teardown(() => session.destroy())
  return session
}

function headersOf({ path = `/${BOOKING}/ListBookings`, headers = {} }: Sent): OutgoingHttpHeaders {
  const isConnect = headers[':method'] === 'CONNECT'
  const target = isConnect ? { ':authority': address } : { ':method': 'POST', ':path': path }
  return { ...target, 'content-type': 'application/grpc', te: 'trailers', ...headers }
}

/** @returns the trailers; an answer without a message sends them as headers */
async function send(session: ClientHttp2Session, sent: Sent): Promise<IncomingHttpHeaders> {
  const stream = session.request(headersOf(sent), { endStream: false }).on('error', () => {})
  stream.resume()
  stream.write(sent.bytes ?? nothing.subarray(0, sent.isOpen ? 2 : nothing.length))
  if (!sent.isOpen) stream.end()
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders]
  stream.close()
  return headers
}

/** Records announcements. Every call gets metadata of its listeners. */
function listen() {
  const begun: RpcAnnouncement[] = []
  const ended: (RpcAnnouncement & Progress)[] = []
  const onStart = (message: unknown) => {
    const call = message as RpcAnnouncement
    begun.push(call)
    call.responseMetadata.set('x-announced', 'yes')
  }
  const onEnd = (message: unknown) => void ended.push(message as RpcAnnouncement)
  channels.rpcServer.start.subscribe(onStart)
  channels.rpcServer.asyncEnd.subscribe(onEnd)
  const stop = () => {
    channels.rpcServer.start.unsubscribe(onStart)
    channels.rpcServer.asyncEnd.unsubscribe(onEnd)
  }
  return { begun, ended, stop }
}
