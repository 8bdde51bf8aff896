import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { type AppProcess, startApp } from '../../testkit/app-process.ts'
import { sendRaw } from '../../testkit/http.ts'
import { startJaegerReceiver } from '../../testkit/jaeger-receiver.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import type { ReceivedSpan } from '../../testkit/received-span.ts'
import { scrape } from '../../testkit/scrape.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const script = fileURLToPath(new URL('./ending-server.js', import.meta.url))

const EXCEPTION = { 'exception.type': 'RangeError', 'exception.message': 'the source of the answer has failed' }

/** The expected telemetry of a request. */
interface Expected {
  readonly method?: string
  readonly route: string
  readonly status: number
  /** The answer was aborted: the client disconnected, or the source of the body failed. */
  readonly aborted?: 'by the client' | 'by its source'
}

interface Observed {
  readonly app: AppProcess
  readonly port: number
  readonly phase: number
  /** The spans that have arrived; empty before phase 4. */
  spans(): readonly ReceivedSpan[]
}

async function observed(t: Test, phase: number): Promise<Observed> {
  const jaeger = phase === 4 ? await startJaegerReceiver(t) : undefined
  const collector = phase === 5 ? await startOtlpReceiver(t) : undefined
  const app = await startApp(t, {
    script,
    env: {
      PHASE: String(phase),
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_EXPORTER_JAEGER_ENDPOINT: jaeger?.endpoint,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector?.endpoint,
    },
  })
  const port = Number(new URL(app.url).port)
  return { app, port, phase, spans: () => (jaeger ?? collector)?.received.all ?? [] }
}

let ids = 0

/** Sends a request, and checks that each signal has it once, with the same result. */
async function isToldOnce(
  t: Test,
  { app, phase, spans }: Observed,
  name: string,
  expected: Expected,
  send: (id: string) => Promise<unknown>,
): Promise<void> {
  const { method = 'GET', route, status, aborted } = expected
  const id = `end-${ids++}`
  const labels = { method, route, status: String(status) }
  const counted = async () => {
    if (phase < 3) return { count: 0, timed: 0 }
    const seen = await scrape(`${app.url}/metrics`)
    return {
      count: seen.total('http_server_request_count_total', labels),
      timed: seen.total('http_server_request_duration_seconds_count', labels),
    }
  }
  const before = await counted()
  await send(id)

  const isEnd = ({ request_id, message }: { request_id?: unknown; message?: string }) =>
    request_id === id && message === 'request completed'
  await app.waitForLogLine(`the end of ${name}`, isEnd)
  const lines = (await app.logLines()).filter(isEnd)
  const level = aborted === 'by its source' ? 'error' : status >= 400 || aborted ? 'warn' : 'info'
  t.match(lines, [{ level, method, route, status }], `${name}: the line`)
  t.equal(lines.length, 1, `${name}: one line`)
  t.equal(lines[0]?.aborted, aborted ? true : undefined, `${name}: whether it was cut off`)
  const failures = (await app.logLines()).filter((line) => line.request_id === id && line.err !== undefined)
  t.equal(failures.length, aborted === 'by its source' ? 1 : 0, `${name}: an error only where something failed`)

  if (phase >= 3) {
    const after = await counted()
    t.same(
      { count: after.count - before.count, timed: after.timed - before.timed },
      { count: 1, timed: 1 },
      `${name}: counted and timed once`,
    )
  }
  if (phase >= 4) {
    const own = () => spans().filter(({ attributes }) => attributes['course_app.request_id'] === id)
    await waitFor(`the span of ${name}`, () => own().length > 0)
    t.equal(own().length, 1, `${name}: one span`)
    const [span] = own()
    const sent = status === 499 ? undefined : status
    t.equal(span?.attributes['http.response.status_code'], sent, `${name}: the span has a status if one was sent`)
    const errorType = aborted ? 'aborted' : sent === undefined ? 'connection_closed' : undefined
    t.equal(span?.attributes['error.type'], errorType, `${name}: error.type`)
    t.equal(span?.status.code, errorType ? 'error' : 'unset', `${name}: whether the span failed`)
    const exceptions = aborted === 'by its source' ? [{ name: 'exception', attributes: EXCEPTION }] : []
    t.match(span?.events, exceptions, `${name}: what failed`)
    t.equal(span?.events.length, exceptions.length)
  }
}

/** Sends a raw request head and returns the connection. */
function open(port: number, lines: readonly string[], body = ''): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy()) // the server may reset an abandoned connection
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
  return socket
}

for (const phase of [2, 3, 4, 5]) {
  t.test(`phase ${phase}: every request ends once in each signal, with the status that was sent`, async (t) => {
    const server = await observed(t, phase)
    const { app, port } = server
    const told = (t: Test, name: string, expected: Expected, send: (id: string) => Promise<unknown>) =>
      isToldOnce(t, server, name, expected, send)

    const whole: readonly Expected[] = [
      { route: '/ok', status: 200 },
      { method: 'HEAD', route: '/ok', status: 200 },
      { route: '/no-content', status: 204 },
      { route: '/not-modified', status: 304 },
      { route: '/stream', status: 200 },
      { method: 'HEAD', route: '/stream', status: 200 },
      { route: 'unmatched', status: 404 },
    ]

    await t.test('answers through a socket', async (t) => {
      for (const expected of whole) {
        const { method = 'GET', route } = expected
        await told(t, `${method} ${route}`, expected, async (id) => {
          const path = route === 'unmatched' ? '/nope' : route
          const response = await fetch(app.url + path, { method, headers: { 'x-request-id': id } })
          await response.arrayBuffer()
        })
      }
    })

    await t.test('answers through inject', async (t) => {
      for (const expected of [...whole, { route: '/failing', status: 200, aborted: 'by its source' } as const]) {
        const { method = 'GET', route, status, aborted } = expected
        await told(t, `inject ${method} ${route}`, expected, async (id) => {
          const query = new URLSearchParams({ method, url: route === 'unmatched' ? '/nope' : route })
          const response = await fetch(`${app.url}/inject?${query}`, { headers: { 'x-inner-id': id } })
          if (aborted === undefined) t.same(await response.json(), { status })
          else t.match(await response.json(), { error: /before completion/ })
        })
      }
    })

    await t.test('aborted answers', async (t) => {
      await told(t, 'a stream whose source fails', { route: '/failing', status: 200, aborted: 'by its source' }, (id) =>
        sendRaw('127.0.0.1', port, `GET /failing HTTP/1.1\r\nhost: test\r\nx-request-id: ${id}\r\n\r\n`),
      )
      for (const route of ['/endless', '/large']) {
        await told(
          t,
          `${route}, and the client leaves`,
          { route, status: 200, aborted: 'by the client' },
          async (id) => {
            const socket = open(port, [`GET ${route} HTTP/1.1`, 'host: test', `x-request-id: ${id}`])
            await once(socket, 'data')
            socket.destroy()
          },
        )
      }
      await told(t, 'the client leaves before the answer', { route: '/slow', status: 499 }, async (id) => {
        const socket = open(port, ['GET /slow HTTP/1.1', 'host: test', `x-request-id: ${id}`])
        await once(socket, 'connect')
        setTimeout(() => socket.destroy(), 50)
      })
    })

    await t.test('pipelined requests on a dropped connection', async (t) => {
      const mine = Array.from({ length: 20 }, (_, i) => `pipelined-${i}`)
      const paths = mine.map((_, i) => (i === 0 || i > 10 ? '/never' : '/ok'))
      const heads = mine.map((id, i) => `GET ${paths[i]} HTTP/1.1\r\nhost: test\r\nx-request-id: ${id}\r\n\r\n`)
      const socket = connect(port, '127.0.0.1')
      socket.write(heads.join(''))
      if (phase >= 3) {
        await waitFor('21 active requests', async () => {
          return (await scrape(`${app.url}/metrics`)).value('http_server_requests_active') === 21
        })
      } else await once(socket, 'connect')
      setTimeout(() => socket.destroy(), 50)
      const ends = async () =>
        (await app.logLines()).filter((line) => {
          return mine.includes(String(line.request_id)) && line.message === 'request completed'
        })
      await waitFor('20 ends', async () => (await ends()).length >= 20)
      t.same(new Set((await ends()).map(({ request_id }) => request_id)), new Set(mine), 'each once')
      t.ok(
        (await ends()).every(({ status }) => status === 499),
        'none was answered, though some were ready',
      )
      if (phase >= 3)
        t.equal(
          (await scrape(`${app.url}/metrics`)).value('http_server_requests_active'),
          1,
          'only the scrape is active',
        )
      if (phase >= 4) {
        const own = () =>
          server.spans().filter(({ attributes }) => mine.includes(String(attributes['course_app.request_id'])))
        await waitFor('20 spans', () => own().length >= 20)
        t.equal(own().length, 20)
        t.ok(own().every(({ attributes }) => !('http.response.status_code' in attributes)))
        t.ok(own().every(({ attributes }) => attributes['error.type'] === 'connection_closed'))
      }
    })

    await t.test('an error whose answer can no longer be sent', async (t) => {
      const id = `unsent-${phase}`
      const heads = ['/never', '/throws'].map(
        (path) => `GET ${path} HTTP/1.1\r\nhost: test\r\nx-request-id: ${id}\r\n\r\n`,
      )
      const socket = connect(port, '127.0.0.1')
      socket.write(heads.join(''))
      await waitFor('both to be served', async () => (await readFile(app.logFile, 'utf8')).includes(`"/throws ${id}"`))
      socket.destroy()
      const ended = async () => {
        return (await app.logLines()).filter((line) => line.request_id === id && line.message === 'request completed')
      }
      await waitFor('both ends', async () => (await ended()).length === 2)
      t.match(await ended(), [{ status: 499 }, { status: 499 }])
      const failures = (await app.logLines()).filter((line) => line.request_id === id && line.err !== undefined)
      t.match(failures, [{ level: 'error', message: 'request failed', err: { type: 'SyntaxError' } }])
      t.equal(failures.length, 1)
      if (phase >= 4) {
        const own = () => server.spans().filter(({ attributes }) => attributes['course_app.request_id'] === id)
        await waitFor('both spans', () => own().length === 2)
        const failed = own().find(({ name }) => name === 'GET /throws')
        t.match(failed?.events, [{ name: 'exception', attributes: { 'exception.type': 'SyntaxError' } }])
        t.equal(failed?.attributes['error.type'], 'connection_closed')
      }
    })

    await t.test('requests with an invalid or incomplete body', async (t) => {
      const post = (id: string, ...headers: string[]) =>
        `${['POST /ok HTTP/1.1', 'host: test', 'content-type: application/json', `x-request-id: ${id}`, ...headers].join('\r\n')}\r\n\r\n`
      const answered = async (id: string, bytes: string, status: number) => {
        const answer = await sendRaw('127.0.0.1', port, bytes)
        t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `))
        t.match(answer, `"request_id":"${id}"`)
        t.match(answer, /^connection: close$/im)
        t.equal(answer.split('HTTP/1.1').length, 2, 'one answer')
      }
      const bad = { method: 'POST', route: '/ok' }
      await told(t, 'a body that is too slow', { ...bad, status: 408 }, (id) =>
        answered(id, `${post(id, 'content-length: 10')}{"a"`, 408),
      )
      await told(t, 'a malformed chunk', { ...bad, status: 400 }, (id) =>
        answered(id, `${post(id, 'transfer-encoding: chunked')}zz\r\n`, 400),
      )
      await told(t, 'a malformed chunk of a request that is being served', { route: '/never', status: 400 }, (id) => {
        const head = `GET /never HTTP/1.1\r\nhost: test\r\nx-request-id: ${id}\r\ntransfer-encoding: chunked\r\n\r\n`
        return answered(id, `${head}zz\r\n`, 400)
      })
      await told(t, 'a client that leaves while it sends', { ...bad, status: 499 }, async (id) => {
        const socket = connect(port, '127.0.0.1')
        socket.write(`${post(id, 'content-length: 10')}{"a"`)
        await once(socket, 'connect')
        setTimeout(() => socket.resetAndDestroy(), 50)
      })
      await told(t, 'a client that ends its side too early', { ...bad, status: 400 }, async (id) => {
        const socket = connect(port, '127.0.0.1')
        socket.end(`${post(id, 'content-length: 10')}{"a"`)
        t.match((await buffer(socket)).toString(), /^HTTP\/1\.1 400 /)
      })
      await told(t, 'no Host', { route: '/ok', status: 400 }, (id) =>
        answered(id, `GET /ok HTTP/1.1\r\nx-request-id: ${id}\r\n\r\n`, 400),
      )
      await told(t, 'an unknown Expect', { route: '/ok', status: 417 }, (id) =>
        answered(
          id,
          `GET /ok HTTP/1.1\r\nhost: test\r\nx-request-id: ${id}\r\nexpect: the-worst\r\nconnection: close\r\n\r\n`,
          417,
        ),
      )
      await told(t, 'HTTP/1.0 has no Host', { route: '/ok', status: 200 }, (id) =>
        sendRaw('127.0.0.1', port, `GET /ok HTTP/1.0\r\nx-request-id: ${id}\r\n\r\n`),
      )
    })

    await t.test('bytes rejected before they form a request', async (t) => {
      const head = 'host: test\r\n'
      const slow = `GET /slow HTTP/1.1\r\n${head}x-request-id: before-${phase}\r\n\r\n`
      for (const [name, status, reason, bytes] of [
        ['no request line', 400, 'HPE_INVALID_METHOD', 'NONSENSE secret-token\r\n\r\n'],
        [
          'too many headers',
          431,
          'HPE_HEADER_OVERFLOW',
          `GET /ok HTTP/1.1\r\n${head}x-a: ${'a'.repeat(20_000)}\r\n\r\n`,
        ],
        ['a head that is too slow', 408, 'ERR_HTTP_REQUEST_TIMEOUT', 'GET /ok HTTP/1.1\r\nhost'],
        ['CONNECT', 405, 'CONNECT', `CONNECT example.org:443 HTTP/1.1\r\n${head}\r\n`],
        ['HTTP/2', 400, 'HPE_PAUSED_H2_UPGRADE', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
        ['nonsense behind a request', 400, 'HPE_INVALID_METHOD', `${slow}NONSENSE\r\n\r\n`],
      ] as const) {
        const labels = { method: '_OTHER', route: 'unmatched', status: String(status) }
        const counted = async () => {
          const seen = await scrape(`${app.url}/metrics`)
          return {
            count: seen.total('http_server_request_count_total', labels),
            timed: seen.total('http_server_request_duration_seconds_count', labels),
          }
        }
        const before = phase >= 3 ? await counted() : undefined
        const answer = await sendRaw('127.0.0.1', port, bytes)
        if (bytes.startsWith(slow)) t.match(answer, /^HTTP\/1\.1 200 /, 'the request before it is answered first')
        const [, id] = /^x-request-id: (\S+)\r\n\r\n.*"request_id":"\1"/m.exec(answer) ?? []
        t.match(answer, `HTTP/1.1 ${status} `, name)
        t.ok(id, `${name}: the answer has an id`)

        const isRefusal = ({ request_id }: { request_id?: unknown }) => request_id === id
        await app.waitForLogLine(`the refusal of ${name}`, isRefusal)
        const lines = (await app.logLines()).filter(isRefusal)
        t.match(lines, [{ level: 'warn', message: 'request refused', status, reason, latency: Number }], name)
        t.equal(lines.length, 1, `${name}: one line`)
        if (before) {
          const after = await counted()
          t.same(after, { count: before.count + 1, timed: before.timed + 1 }, `${name}: counted and timed once`)
        }
        if (phase >= 4) {
          const own = () => server.spans().filter(({ attributes }) => attributes['course_app.request_id'] === id)
          await waitFor(`the span of ${name}`, () => own().length > 0)
          const attributes = { 'http.request.method': '_OTHER', 'http.response.status_code': status }
          t.match(own(), [{ name: 'HTTP', kind: 'server', attributes, status: { code: 'unset' } }], `${name}: the span`)
          t.equal(own().length, 1, `${name}: one span`)
          if (phase === 5) t.equal(lines[0]?.trace_id, own()[0]?.traceId, `${name}: the line leads to the trace`)
        }
      }
      t.notMatch(await readFile(app.logFile, 'utf8'), /secret-token/, 'nothing of what was sent is in the log')
      if (phase >= 3)
        t.equal(
          (await scrape(`${app.url}/metrics`)).value('http_server_requests_active'),
          1,
          'only the scrape is active',
        )
    })

    if (phase === 5) {
      const seen = await scrape(`${app.url}/metrics/otel`)
      const durations = (labels: Record<string, string>) => seen.total('http_server_request_duration_count', labels)
      t.equal(durations({ http_response_status_code: '499' }), 0, 'OpenTelemetry has no status that was not sent')
      t.ok(durations({ error_type: 'connection_closed' }) >= 20)
    }

    t.notMatch(await readFile(app.logFile, 'utf8'), /already sent|FST_ERR/, 'no answer was sent twice')
  })
}
