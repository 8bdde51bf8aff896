import { join } from 'node:path'
import { createClient } from 'redis'
import type { Test } from 'tap'
import { INSTRUMENTATION_VERSION } from '../../phases/4-tracing/instrumentation.ts'
import { type AppProcess, quickStart, startApp } from '../../testkit/app-process.ts'
import { isRegistered } from '../../testkit/attribute-registry.ts'
import { freePort } from '../../testkit/free-port.ts'
import { reflectedClient } from '../../testkit/grpc-client.ts'
import { type HttpClient, httpClient, type RequestOptions, sendRaw } from '../../testkit/http.ts'
import { startJaegerReceiver } from '../../testkit/jaeger-receiver.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { needsPostgres, startPostgres } from '../../testkit/postgres-server.ts'
import type { Attributes, ReceivedSpan } from '../../testkit/received-span.ts'
import { needsRedis, startRedis } from '../../testkit/redis-server.ts'
import type { SpanReceiver } from '../../testkit/span-receiver.ts'
import { rootOf, spanNamed } from '../../testkit/span-tree.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const OWN = /^course_app(\.[a-z][a-z0-9_]*)+$/
const absent = '01943ad7-aa80-7001-8000-ffffffffffff'
const failingApp = join(import.meta.dirname, 'app-that-fails.js')

/** Attributes that the conventions require or recommend for each kind of span, if the process knows them. */
interface Kind {
  readonly fits: (span: ReceivedSpan) => boolean
  readonly always: readonly string[]
  readonly whenFailed: readonly string[]
  /** Attributes that the conventions forbid here. */
  readonly never?: readonly string[]
}

const isClientOf = (system: string) => (span: ReceivedSpan) =>
  span.kind === 'client' && span.attributes['db.system.name'] === system
const address = ['server.address', 'server.port']
const peer = ['network.peer.address', 'network.peer.port']
const http = ['http.request.method', ...address, 'network.protocol.version']
const request = [...http, ...peer, 'url.path', 'url.scheme', 'client.address', 'course_app.request_id']
const STATUS = 'http.response.status_code'
const isHttpServer = ({ kind, attributes }: ReceivedSpan) => kind === 'server' && 'http.request.method' in attributes
const hasServer = ({ attributes }: ReceivedSpan) => attributes['server.address'] !== undefined
const statement = ['db.system.name', 'db.operation.name', 'db.query.text', 'db.namespace']
const command = ['db.system.name', 'db.operation.name', 'db.namespace', ...address]
const call = ['rpc.system.name', 'rpc.method', 'rpc.status_code', ...address]

const kinds: Record<string, Kind> = {
  'refused before it was a request': {
    fits: (span) => isHttpServer(span) && !('url.path' in span.attributes),
    always: ['http.request.method', STATUS, 'url.scheme', ...peer, 'client.address', 'course_app.request_id'],
    whenFailed: [],
  },
  'HTTP server, no answer': {
    fits: (span) => isHttpServer(span) && span.attributes['error.type'] === 'connection_closed',
    always: request,
    whenFailed: ['error.type'],
    never: [STATUS],
  },
  'HTTP server, no Host': {
    fits: (span) => isHttpServer(span) && span.attributes[STATUS] === 400 && !hasServer(span),
    always: [...request.filter((name) => !address.includes(name)), STATUS],
    whenFailed: [],
  },
  'HTTP server': {
    fits: isHttpServer,
    always: [...request, STATUS],
    whenFailed: ['error.type'],
  },
  'HTTP client': {
    fits: ({ kind, attributes }) => kind === 'client' && 'http.request.method' in attributes,
    always: ['http.request.method', ...address, 'url.full'],
    whenFailed: ['error.type'],
  },
  'gRPC server': {
    fits: ({ kind, attributes }) => kind === 'server' && 'rpc.method' in attributes,
    always: [...call, ...peer, 'course_app.request_id'],
    whenFailed: ['error.type'],
  },
  'gRPC client': {
    fits: ({ kind, attributes }) => kind === 'client' && 'rpc.method' in attributes,
    always: call,
    whenFailed: ['error.type'],
  },
  'PostgreSQL, beginning or end of a transaction': {
    fits: (span) => isClientOf('postgresql')(span) && /^(BEGIN|COMMIT|ROLLBACK)$/.test(span.name),
    always: statement,
    whenFailed: ['error.type', 'db.response.status_code'],
  },
  PostgreSQL: {
    fits: (span) => isClientOf('postgresql')(span) && hasServer(span),
    always: [...statement, ...address, 'db.collection.name'],
    whenFailed: ['error.type', 'db.response.status_code'],
  },
  PGlite: {
    fits: (span) => isClientOf('postgresql')(span) && !hasServer(span),
    always: [...statement, 'db.collection.name'],
    whenFailed: ['error.type', 'db.response.status_code'],
  },
  Redis: { fits: isClientOf('redis'), always: command, whenFailed: ['error.type'] },
  'cache in memory': {
    fits: ({ kind, attributes }) => kind === 'internal' && 'course_app.cache.operation' in attributes,
    always: ['course_app.cache.operation', 'course_app.cache.entity', 'course_app.cache.outcome'],
    whenFailed: ['error.type'],
  },
  step: { fits: ({ kind }) => kind === 'internal', always: [], whenFailed: ['error.type'] },
}

/** Checks one received span. */
function check(t: Test, span: ReceivedSpan, attributes: Attributes, seen: Set<string>): void {
  const [name, kind] = Object.entries(kinds).find(([, { fits }]) => fits(span)) ?? []
  if (name === undefined || kind === undefined) {
    t.fail(`a span of no known kind: ${span.kind} ${span.name}`, { attributes })
    return
  }
  const failed = span.status.code === 'error'
  seen.add(`${name} ${failed ? 'failed' : 'ok'}`)
  const what = `${name} span "${span.name}"`
  const present = Object.keys(attributes)
  t.strictSame(
    present.filter((attribute) => !isRegistered(attribute) && !OWN.test(attribute)),
    [],
    `names of ${what}`,
  )
  const wanted = [...kind.always, ...(failed ? kind.whenFailed : [])]
  t.strictSame(
    wanted.filter((attribute) => !present.includes(attribute)),
    [],
    `what is missing on ${what}`,
  )
  t.strictSame(
    present.filter((attribute) => kind.never?.includes(attribute)),
    [],
    `what must not be on ${what}`,
  )
  t.equal('error.type' in attributes, failed, `error.type says that ${what} failed`)
  t.notOk('url.query' in attributes && span.kind === 'server', `no query on ${what}`)
  t.ok(span.scope.name, `the scope of ${what}`)
  t.match(span.scope.version, name === 'HTTP client' ? /^\d+\.\d+\.\d+/ : INSTRUMENTATION_VERSION)
  for (const event of span.events) checkEvent(t, event, what)
}

function checkEvent(t: Test, event: ReceivedSpan['events'][number], what: string): void {
  const { name, attributes } = event
  if (name !== 'exception') {
    t.match(name, OWN, `an event of ${what}`)
    t.strictSame(
      Object.keys(attributes).filter((key) => !OWN.test(key)),
      [],
      `names of ${name} on ${what}`,
    )
    return
  }
  t.strictSame(Object.keys(attributes).toSorted(), ['exception.message', 'exception.stacktrace', 'exception.type'])
  t.match(attributes['exception.type'], /^[A-Z][A-Za-z]+$/, `a class on ${what}`)
}

/** Jaeger's exporter uses attributes for OTLP's fields, and adds the resource to each span. */
function ownAttributes(span: ReceivedSpan): Attributes {
  const added = /^(span\.kind|error|otel\.(library\.(name|version)|status_code|status_description))$/
  return Object.fromEntries(
    Object.entries(span.attributes).filter(([name]) => !added.test(name) && !(name in span.resource)),
  )
}

class Caller {
  constructor(
    readonly app: AppProcess,
    readonly receiver: SpanReceiver<unknown>,
    readonly client: HttpClient,
    readonly seen: Set<string>,
  ) {}

  /** Sends a request, checks its spans and returns them. */
  async trace(t: Test, path: string, spans: number, options: RequestOptions = {}): Promise<readonly ReceivedSpan[]> {
    const traceparent = newTraceparent()
    const headers = { 'user-agent': 'test/1', ...options.headers, traceparent }
    await this.client.send(this.app.url + path, { ...options, headers }).catch((error: NodeJS.ErrnoException) => {
      if (!options.signal?.aborted && error.code !== 'ECONNRESET') throw error // an aborted request or answer
    })
    return await this.received(t, traceparent, spans)
  }

  /** Sends bytes that are rejected, and returns their span. The answer has only the request id. */
  async refused(t: Test, bytes: string): Promise<ReceivedSpan> {
    const answer = await sendRaw('127.0.0.1', Number(new URL(this.app.url).port), bytes)
    const [, id] = /^x-request-id: (\S+)\r$/m.exec(answer) ?? []
    const own = () => this.receiver.received.all.find((span) => span.attributes['course_app.request_id'] === id)
    const span = await waitFor('the span of a refusal', own)
    check(t, span, ownAttributes(span), this.seen)
    return span
  }

  async received(t: Test, traceparent: string, spans: number): Promise<readonly ReceivedSpan[]> {
    const trace = await this.receiver.waitForTrace(traceparent.slice(3, 35), { spans })
    for (const span of trace) check(t, span, ownAttributes(span), this.seen)
    return trace
  }
}

function newTraceparent(): string {
  return `00-${crypto.randomUUID().replaceAll('-', '')}-00f067aa0ba902b7-01`
}

/** Checks every kind of span of the app, as the phase's backend receives them. */
export function testSpans(t: Test, phase: '4' | '5'): void {
  const seen = new Set<string>()
  const start = async (t: Test, env: Record<string, string>) => {
    const receiver = phase === '4' ? await startJaegerReceiver(t) : await startOtlpReceiver(t)
    const app = await startApp(t, {
      script: failingApp,
      env: {
        PHASE: phase,
        EXTERNAL_TIMEOUT_MS: '3000',
        OTEL_EXPORTER_JAEGER_ENDPOINT: receiver.endpoint,
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
        OTEL_BSP_SCHEDULE_DELAY: '50',
        ...env,
      },
    })
    return new Caller(app, receiver, httpClient(t), seen)
  }

  t.test(`phase ${phase}, embedded: the attributes of every span`, async (t) => {
    const caller = await start(t, {})

    await t.test('an HTTP request', async (t) => {
      const [span] = await caller.trace(t, '/hello?name=secret', 1, { headers: { host: 'shop.example:8443' } })
      t.match(span?.attributes, {
        'http.request.method': 'GET',
        'http.route': '/hello',
        'http.response.status_code': 200,
        'url.path': '/hello',
        'url.scheme': 'http',
        'server.address': 'shop.example',
        'server.port': 8443,
        'client.address': '127.0.0.1',
        'network.peer.address': '127.0.0.1',
        'network.peer.port': Number,
        'network.protocol.version': '1.1',
        'user_agent.original': 'test/1',
      })
      t.notMatch(JSON.stringify(span), 'secret', 'the query stays out')
    })

    await t.test('an invalid Host header gives no server.address', async (t) => {
      for (const [host, expected] of [
        ['[::1]:80', ['::1', 80]],
        ['10.0.0.1', ['10.0.0.1', undefined]],
        ['user@shop.example', [undefined, undefined]],
        ['shop.example:http', [undefined, undefined]],
        ['shop.example:99999', [undefined, undefined]],
        ['a b', [undefined, undefined]],
        [`${'a'.repeat(300)}.example`, [undefined, undefined]],
      ] as const) {
        const traceparent = newTraceparent()
        await caller.client.send(`${caller.app.url}/hello`, { headers: { traceparent, host } })
        const [span] = await caller.receiver.waitForTrace(traceparent.slice(3, 35), { spans: 1 })
        t.strictSame([span?.attributes['server.address'], span?.attributes['server.port']], expected, host)
      }
    })

    await t.test('rejected, failed and aborted requests', async (t) => {
      const unknown = rootOf(await caller.trace(t, '/no/such/path', 1))
      t.match(unknown, { name: 'GET', status: { code: 'unset' }, attributes: { 'http.response.status_code': 404 } })
      t.notOk('http.route' in unknown.attributes)

      const odd = rootOf(await caller.trace(t, '/hello', 1, { method: 'PROPFIND' }))
      t.equal(odd.name, 'HTTP')
      t.match(odd.attributes, { 'http.request.method': '_OTHER', 'http.request.method_original': 'PROPFIND' })

      const json = { course_id: 'secret' }
      const invalid = rootOf(await caller.trace(t, '/v1/bookings', 1, { method: 'POST', json }))
      t.match(invalid, { status: { code: 'unset' }, events: [], attributes: { 'http.response.status_code': 400 } })
      t.notMatch(JSON.stringify(invalid), 'secret')
      t.strictSame(rootOf(await caller.trace(t, '/error?status=404', 1)).events, [], 'a 4xx is no exception')

      const failed = rootOf(await caller.trace(t, '/error?status=503', 1))
      t.match(failed, { status: { code: 'error' }, attributes: { 'error.type': '503' } })
      t.match(failed.events, [{ name: 'exception', attributes: { 'exception.type': 'HttpError' } }])

      const left = rootOf(await caller.trace(t, '/slow?ms=500', 2, { signal: AbortSignal.timeout(100) }))
      t.match(left, { status: { code: 'error' }, attributes: { 'error.type': 'connection_closed' } })
      const cut = rootOf(await caller.trace(t, '/cut-off', 1))
      t.match(cut, { status: { code: 'error' }, attributes: { 'error.type': 'aborted', [STATUS]: 200 } })
      t.match(cut.events, [{ name: 'exception', attributes: { 'exception.type': 'RangeError' } }])
    })

    await t.test('requests rejected before routing', async (t) => {
      const host = 'host: shop.example:8443\r\n'
      for (const [status, bytes, name] of [
        [400, 'NONSENSE secret\r\n\r\n', 'HTTP'],
        [431, `GET /hello HTTP/1.1\r\n${host}x-a: ${'a'.repeat(20_000)}\r\n\r\n`, 'HTTP'],
        [408, `GET /hello HTTP/1.1\r\nhost`, 'HTTP'],
        [405, `CONNECT example.org:443 HTTP/1.1\r\n${host}\r\n`, 'HTTP'],
        [400, 'GET /hello HTTP/1.1\r\nconnection: close\r\n\r\n', 'GET /hello'],
        [417, `GET /hello HTTP/1.1\r\n${host}expect: the-worst\r\nconnection: close\r\n\r\n`, 'GET /hello'],
        [
          408,
          `POST /v1/bookings HTTP/1.1\r\n${host}content-type: application/json\r\ncontent-length: 9\r\n\r\n{`,
          'POST /v1/bookings',
        ],
      ] as const) {
        const span = await caller.refused(t, bytes)
        t.match(span, { name, status: { code: 'unset' }, attributes: { [STATUS]: status } })
        t.notMatch(JSON.stringify(span), 'secret')
      }
    })

    await t.test('steps', async (t) => {
      const step = spanNamed('database_query', await caller.trace(t, '/slow?ms=5', 3))
      t.equal(step.attributes['course_app.step.planned_ms'], 2)
      const failed = spanNamed('failing_step', await caller.trace(t, '/failing-step', 2))
      t.match(failed.attributes, { 'error.type': 'ON_PURPOSE', 'course_app.attempt': 1 })
      t.match(failed.events, [{ attributes: { 'exception.type': 'TypeError' } }])
    })

    await t.test('calls to other services', async (t) => {
      const ok = await caller.trace(t, '/external', 5)
      const client = ok.find(({ kind }) => kind === 'client')
      t.match(client?.attributes, { 'http.response.status_code': 200, 'network.protocol.version': '1.1' })
      t.notOk('http.request.method_original' in (client?.attributes ?? {}), 'the method is as it was')
      t.notOk('url.query' in (client?.attributes ?? {}), 'there is no query')
      await caller.trace(t, '/external?mode=fail', 5)
      await caller.trace(t, '/external?mode=timeout', 4)
      const hops = await caller.trace(t, '/propagation', 5)
      const grpc = hops.filter(({ attributes }) => 'rpc.method' in attributes)
      for (const { attributes } of grpc)
        t.match(attributes, {
          'rpc.status_code': 'OK',
          'server.address': '127.0.0.1',
          'network.peer.address': '127.0.0.1',
        })
      t.equal(grpc.length, 2)
    })

    await t.test('statements and the cache in memory', async (t) => {
      const trace = await caller.trace(t, await somePath(caller), 4)
      t.match(spanNamed('GET course', trace).attributes, { 'course_app.cache.outcome': 'miss' })
      const failed = spanNamed('SELECT courses', await caller.trace(t, '/failing-statement', 2))
      t.match(failed.attributes, { 'db.response.status_code': '42703', 'error.type': '42703' })
      t.match(failed.events, [{ attributes: { 'exception.type': 'DatabaseError' } }])
      t.notMatch(JSON.stringify(failed), 'secret', 'no value of a statement')
    })

    await t.test('booking events', async (t) => {
      const json = { course_id: (await somePath(caller)).split('/').at(-1), user_id: 'u1' }
      const trace = await caller.trace(t, '/v1/bookings', 2, { method: 'POST', json })
      const [event] = trace.flatMap(({ events }) => events)
      t.match(event, { name: 'course_app.booking.created', attributes: { 'course_app.booking.id': String } })
    })
  })

  t.test(`phase ${phase}, PostgreSQL and Redis`, { ...needsPostgres(), ...needsRedis() }, async (t) => {
    const postgres = await startPostgres(t)
    const redis = await startRedis(t)
    const caller = await start(t, { DATABASE_URL: postgres.url, REDIS_URL: `${redis.url}/3` })
    const port = (url: string) => Number(new URL(url).port)

    await t.test('statements and cache commands', async (t) => {
      const path = await somePath(caller)
      const trace = await caller.trace(t, path, 4)
      t.match(spanNamed('SELECT courses', trace).attributes, {
        'db.collection.name': 'courses',
        'db.namespace': 'course',
        'server.address': '127.0.0.1',
        'server.port': port(postgres.url),
      })
      t.match(spanNamed('EVALSHA getOrLease', trace).attributes, {
        'db.operation.name': 'EVALSHA',
        'db.stored_procedure.name': 'getOrLease',
        'db.namespace': '3',
        'server.address': '127.0.0.1',
        'server.port': port(redis.url),
        'course_app.cache.operation': 'GET',
        'course_app.cache.entity': 'course',
        'course_app.cache.outcome': 'miss',
      })
      const failed = spanNamed('SELECT courses', await caller.trace(t, '/failing-statement', 2))
      t.match(failed.attributes, { 'db.response.status_code': '42703', 'error.type': '42703' })
    })

    await t.test('Redis that returns errors, and Redis that is down', async (t) => {
      const path = `/v1/courses/${absent}`
      const admin = createClient({ url: redis.url })
      await admin.connect()
      await admin.configSet('maxmemory', '1')
      const refused = spanNamed('EVALSHA getOrLease', await caller.trace(t, path, 3))
      t.match(refused.attributes, { 'db.response.status_code': 'OOM', 'error.type': 'OOM' })
      admin.destroy()
      await redis.stop()
      await caller.trace(t, path, 3)
    })

    await t.test('a gRPC call that fails', async (t) => {
      const client = await reflectedClient(t, caller.app.grpc)
      await postgres.stop()
      const traceparent = newTraceparent()
      await client.call('course.v1.CatalogService/GetCourse', { course_id: absent }, { metadata: { traceparent } })
      const root = rootOf(await caller.received(t, traceparent, 2))
      t.match(root.attributes, { 'rpc.status_code': 'UNAVAILABLE', 'error.type': 'UNAVAILABLE' })
      t.match(root.events, [{ attributes: { 'exception.type': 'DomainError' } }])
    })
  })

  t.test(`phase ${phase}, with the other end down`, async (t) => {
    const nowhere = `http://127.0.0.1:${await freePort()}`
    const caller = await start(t, {
      ...quickStart,
      PARTNER_URL: nowhere,
      EXTERNAL_API_URL: nowhere,
    })
    const fetched = await caller.trace(t, '/external', 2)
    t.match(fetched.find(({ kind }) => kind === 'client')?.attributes, { 'error.type': 'ECONNREFUSED' })
    const called = await caller.trace(t, '/v1/courses', 2)
    const client = called.find(({ kind }) => kind === 'client')
    t.match(client?.attributes, { 'rpc.status_code': 'UNAVAILABLE', 'error.type': 'UNAVAILABLE', 'server.port': 1 })
    t.match(client?.events, [{ attributes: { 'exception.type': 'DomainError' } }])
  })

  t.test('every kind of span was checked, and each that can fail has failed', async (t) => {
    const all = Object.keys(kinds).flatMap((kind) => [`${kind} ok`, `${kind} failed`])
    // In-memory operations cannot fail, and BEGIN fails only if the server dies at that moment.
    const never = ['cache in memory failed', 'PostgreSQL, beginning or end of a transaction failed']
    // Rejected requests are the caller's fault, and a request without an answer is always a failure.
    never.push('refused before it was a request failed', 'HTTP server, no Host failed', 'HTTP server, no answer ok')
    const expected = all.filter((kind) => !never.includes(kind))
    const installed = !('skip' in { ...needsPostgres(), ...needsRedis() })
    t.strictSame(
      [...seen].toSorted(),
      expected.filter((kind) => installed || !/PostgreSQL|Redis|gRPC server failed/.test(kind)).toSorted(),
    )
  })
}

/** A course of the seed. */
async function somePath(caller: Caller): Promise<string> {
  const { body } = await caller.client.getJson<{ courses: { course_id: string }[] }>(`${caller.app.url}/v1/courses`)
  return `/v1/courses/${body.courses.at(-1)?.course_id}`
}
