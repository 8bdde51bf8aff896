import { randomUUID } from 'node:crypto'
import type { Claim, LogLine, RunningServer } from '../claim.ts'

const DEBUG = 'These lines show with LOG_LEVEL=debug only: LOG_LEVEL=debug npm run phase:2'

/** The claims of lesson 2, verified by `npm run check -- 2`. */
const claims: readonly Claim[] = [
  {
    title: 'Every answer says the id of its request',
    expected: 'an x-request-id header with a UUID, and the same id in the body of /hello',
    hint: 'request-id.ts makes the id and sets the header.',
    async check(server) {
      const { headers, body } = await server.request('/hello')
      const id = headers.get('x-request-id')
      return {
        ok: UUID.test(id ?? '') && body?.request_id === id,
        seen: { header: id, body: body?.request_id ?? null },
      }
    },
  },
  {
    title: 'A caller that has an id already keeps it, and rubbish is replaced',
    expected: 'the caller’s own id when it looks like one, and a new UUID in place of "{not an id}"',
    hint: '`idFrom` in request-id.ts says what is accepted.',
    async check(server) {
      const given = `check-${randomUUID()}`
      const kept = (await server.request('/hello', { headers: { 'x-request-id': given } })).headers.get('x-request-id')
      const bad = { 'x-request-id': '{not an id}' }
      const replaced = (await server.request('/hello', { headers: bad })).headers.get('x-request-id')
      return { ok: kept === given && UUID.test(replaced ?? ''), seen: { given, kept, replaced } }
    },
  },
  {
    title: 'A request is one line, with method, path, route, status and latency',
    expected: 'one line "request completed" at info with all of them, the latency a number of milliseconds',
    hint: 'request-log.ts writes it when the request is over.',
    async check(server) {
      const id = await send(server, '/slow?ms=50')
      const line = await completed(server, id)
      const lines = (await server.logLines()).filter(({ request_id }) => request_id === id)
      const ok =
        lines.filter(({ message }) => message === 'request completed').length === 1 &&
        line?.level === 'info' &&
        line.method === 'GET' &&
        line.path === '/slow' &&
        line.route === '/slow' &&
        line.status === 200 &&
        Number(line.latency) >= 48
      return { ok, seen: line ?? 'no line with the id of the request' }
    },
  },
  {
    title: 'The level of that line follows the status',
    expected: 'info for 200, warn for 404, error for 503',
    hint: '`levelOf` in request-log.ts chooses.',
    async check(server) {
      const seen: Record<string, string | undefined> = {}
      for (const [path, status] of [
        ['/hello', 200],
        ['/error?status=404', 404],
        ['/error?status=503', 503],
      ] as const) {
        seen[status] = (await completed(server, await send(server, path)))?.level
      }
      return { ok: seen[200] === 'info' && seen[404] === 'warn' && seen[503] === 'error', seen }
    },
  },
  {
    title: 'The line has no query string, which may hold anything',
    expected: 'the path /hello without what follows the question mark',
    hint: '`pathOf` in path-of.ts cuts it off.',
    async check(server) {
      const line = await completed(server, await send(server, '/hello?token=check-secret'))
      return { ok: line?.path === '/hello' && !JSON.stringify(line).includes('check-secret'), seen: line ?? 'no line' }
    },
  },
  {
    title: 'A store deep below the route logs with the id of the request',
    expected: 'a line "query completed" with that id, for table courses',
    hint: `storage-log.ts writes it and request-scope.ts adds the id. ${DEBUG}`,
    async check(server) {
      const id = await send(server, '/v1/courses?page_size=1')
      await completed(server, id)
      const line = (await server.logLines()).find((one) => one.request_id === id && one.table === 'courses')
      return { ok: line?.message === 'query completed', seen: line ?? 'no such line with the id' }
    },
  },
  {
    title: 'Requests at the same time keep their lines apart',
    expected: 'for each of ten requests at once its own two steps, and no others',
    hint: `AsyncLocalStorage in request-scope.ts knows which request is being served. ${DEBUG}`,
    async check(server) {
      const ids = await Promise.all(Array.from({ length: 10 }, () => send(server, '/slow?ms=30')))
      await Promise.all(ids.map((id) => completed(server, id)))
      const lines = await server.logLines()
      const stepsOf = (id: string) => lines.filter((line) => line.request_id === id).flatMap(({ step }) => step ?? [])
      const seen = ids.map((id) => stepsOf(id).join(' then '))
      return { ok: seen.every((steps) => steps === 'database_query then external_api_call'), seen }
    },
  },
  {
    title: 'Credentials do not reach the log',
    expected: 'the user agent in the line "request started", and nothing of a header that may hold a credential',
    hint: `\`LOGGABLE\` in loggable-headers.ts lists the headers that are logged. ${DEBUG}`,
    async check(server) {
      const secret = `check-${randomUUID()}`
      const credentials = CREDENTIAL_HEADERS.map((name) => [name, `Bearer ${secret}`])
      const id = await send(server, '/hello', { ...Object.fromEntries(credentials), 'user-agent': 'check' })
      await completed(server, id)
      const lines = await server.logLines()
      const headers = lines.find((line) => line.request_id === id && line.headers !== undefined)?.headers
      const agent = (headers as Record<string, string> | undefined)?.['user-agent']
      const isHidden = !JSON.stringify(lines).includes(secret)
      return { ok: agent === 'check' && isHidden, seen: headers ?? 'no line with headers' }
    },
  },
  {
    title: 'A call to another service takes the id along',
    expected: 'the line of GET /hop in the log of the partner, under the id of the request to /propagation',
    hint: 'outgoing-id.ts puts x-request-id on each outgoing fetch. Is the partner running, in the same phase?',
    async check(server) {
      const id = await send(server, '/propagation')
      const line = await server.logLine(
        (one) => one.request_id === id && one.message === 'request completed',
        'partner',
      )
      return { ok: line?.path === '/hop', seen: line ?? 'no line of the partner with the id of the request' }
    },
  },
  {
    title: 'A request that the client breaks off is logged too',
    expected: 'a line "request completed" with status 499',
    hint: 'phases/1-logging/request-end.ts listens to the end of the connection, not only to that of the answer.',
    async check(server) {
      const id = `check-${randomUUID()}`
      const signal = AbortSignal.timeout(100)
      await server.request('/slow?ms=5000', { headers: { 'x-request-id': id }, signal }).catch((error: Error) => {
        if (!signal.aborted) throw error
      })
      const line = await completed(server, id)
      return { ok: line?.status === 499, seen: line ?? 'no line with the id of the request' }
    },
  },
]

export default claims

/** Three well-known headers, and three that a denylist would miss. */
const CREDENTIAL_HEADERS = [
  ...['authorization', 'cookie', 'proxy-authorization'],
  ...['x-api-key', 'x-auth-token', 'x-session-of-tomorrow'],
]

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Sends a request with a new id. @returns that id */
async function send(server: RunningServer, path: string, headers: Record<string, string> = {}): Promise<string> {
  const id = `check-${randomUUID()}`
  await server.request(path, { headers: { ...headers, 'x-request-id': id } })
  return id
}

function completed(server: RunningServer, id: string): Promise<LogLine | undefined> {
  return server.logLine((line) => line.request_id === id && line.message === 'request completed')
}
