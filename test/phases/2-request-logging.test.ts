import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { type AppProcess, startApp } from '../../testkit/app-process.ts'
import { type LogLine, waitForLine } from '../../testkit/log-file.ts'
import { waitFor } from '../../testkit/wait-for.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Waits for "request completed", then returns all lines of the request. */
async function linesOf(app: AppProcess, requestId: string): Promise<LogLine[]> {
  const completed = (line: LogLine) => line.request_id === requestId && line.message === 'request completed'
  await app.waitForLogLine(`request ${requestId} completed`, completed)
  return (await app.logLines()).filter(({ request_id }) => request_id === requestId)
}

t.test('phase 2', async (t) => {
  const app = await startApp(t, { env: { PHASE: '2', LOG_LEVEL: 'debug' } })

  t.test('every request has an id: the caller’s if it looks like one, else a new UUID', async (t) => {
    const idFor = async (given?: string) => {
      const response = await fetch(`${app.url}/hello`, {
        headers: given === undefined ? {} : { 'x-request-id': given },
      })
      const { request_id } = (await response.json()) as { request_id: string }
      t.equal(response.headers.get('x-request-id'), request_id)
      return request_id
    }
    t.match(await idFor(), UUID)
    t.equal(await idFor('abc.DEF_1-2'), 'abc.DEF_1-2')
    t.equal(await idFor('x'.repeat(128)), 'x'.repeat(128))
    t.match(await idFor('x'.repeat(129)), UUID)
    for (const bad of ['with space', 'quote"', '{}', 'ü', '']) t.match(await idFor(bad), UUID, JSON.stringify(bad))
  })

  t.test('the request log', async (t) => {
    const response = await fetch(`${app.url}/v1/courses?page_size=1`, { headers: { 'x-request-id': 'list-1' } })
    t.equal(response.status, 200)
    const [started, ...rest] = await linesOf(app, 'list-1')
    t.match(started, { level: 'debug', message: 'request started', method: 'GET', path: '/v1/courses' })
    t.match(rest.at(-1), {
      level: 'info',
      message: 'request completed',
      method: 'GET',
      path: '/v1/courses',
      route: '/v1/courses',
      status: 200,
      latency: Number,
    })
  })

  t.test('the level follows the status', async (t) => {
    for (const [path, level] of [
      ['/hello', 'info'],
      ['/error?status=404', 'warn'],
      ['/nope', 'warn'],
      ['/error?status=503', 'error'],
    ] as const) {
      const id = `level-${path.replace(/\W/g, '-')}`
      await fetch(app.url + path, { headers: { 'x-request-id': id } })
      t.equal((await linesOf(app, id)).at(-1)?.level, level, path)
    }
  })

  t.test('layers below the route log with the request id, also after a request body', async (t) => {
    const { courses } = (await (await fetch(`${app.url}/v1/courses`)).json()) as { courses: { course_id: string }[] }
    const created = await fetch(`${app.url}/v1/bookings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'book-1' },
      body: JSON.stringify({
        course_id: courses[0]?.course_id,
        user_id: 'u1',
        customer: { name: 'Ada', email: 'ada@example.org', phone: '+49 30 1' },
      }),
    })
    t.equal(created.status, 201, await created.text())
    const lines = await linesOf(app, 'book-1')
    t.ok(lines.some(({ message, table }) => message === 'query completed' && table === 'bookings'))
    t.ok(lines.some(({ message }) => message === 'booking created'))
    const text = JSON.stringify(await app.logLines())
    t.notMatch(text, 'ada@example.org', 'no e-mail address in the log')
    t.notMatch(text, '+49 30 1', 'no phone number in the log')
  })

  t.test('concurrent requests keep their lines apart', async (t) => {
    const ids = Array.from({ length: 20 }, (_, i) => `parallel-${i}`)
    await Promise.all(ids.map((id) => fetch(`${app.url}/slow?ms=20`, { headers: { 'x-request-id': id } })))
    for (const id of ids) {
      const messages = (await linesOf(app, id)).map(({ message, step }) => step ?? message)
      t.strictSame(messages, ['request started', 'database_query', 'external_api_call', 'request completed'], id)
    }
  })

  t.test('a 5xx has its stack under the id of its request', async (t) => {
    await fetch(`${app.url}/error`, { headers: { 'x-request-id': 'boom' } })
    const failed = (await linesOf(app, 'boom')).find(({ message }) => message === 'request failed')
    t.match(failed, { level: 'error', err: { type: 'HttpError', stack: /error\.[jt]s/ } })
  })

  t.test('credentials do not reach the log', async (t) => {
    const secrets = [
      ...['authorization', 'cookie', 'proxy-authorization', 'x-api-key', 'x-auth-token', 'x-amz-security-token'],
      ...['idempotency-key', 'referer', 'x-csrf-token', 'x-forwarded-authorization', 'x-new-next-year'],
    ]
    await fetch(`${app.url}/hello?token=s3cret`, {
      headers: {
        ...Object.fromEntries(secrets.map((name) => [name, `s3cret of ${name}`])),
        'user-agent': `agent ${'x'.repeat(10_000)}`,
        'x-request-id': 'secret',
      },
    })
    const [started] = await linesOf(app, 'secret')
    const { host, 'user-agent': agent, ...others } = (started?.headers ?? {}) as Record<string, string>
    t.equal(host, new URL(app.url).host)
    t.equal(agent, `agent ${'x'.repeat(194)}`, 'long values are cut')
    t.strictSame(
      Object.keys(others).filter((name) => secrets.includes(name)),
      [],
    )
    t.notMatch(await readFile(app.logFile, 'utf8'), /s3cret/)
  })

  t.test('a call to another service propagates the id', async (t) => {
    const response = await fetch(`${app.url}/propagation`, { headers: { 'x-request-id': 'in-two-services' } })
    t.equal(response.status, 200, await response.text())
    const partner = join(dirname(app.logFile), 'partner.log')
    const line = await waitForLine(partner, 'the line of the partner', ({ message }) => message === 'request completed')
    t.match(line, { service: 'partner', path: '/hop', request_id: 'in-two-services' })
  })

  t.test('the context survives a body that arrives in chunks', async (t) => {
    const { courses } = (await (await fetch(`${app.url}/v1/courses`)).json()) as { courses: { course_id: string }[] }
    const body = JSON.stringify({ course_id: courses[0]?.course_id, user_id: 'u1' })
    const request = fetch(`${app.url}/v1/bookings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'in-parts' },
      body: new ReadableStream({
        async start(controller) {
          controller.enqueue(Buffer.from(body.slice(0, 10)))
          await app.waitForLogLine('it has started', ({ request_id }) => request_id === 'in-parts')
          controller.enqueue(Buffer.from(body.slice(10)))
          controller.close()
        },
      }),
      duplex: 'half',
    } as RequestInit)
    t.equal((await request).status, 201)
    const lines = await linesOf(app, 'in-parts')
    t.ok(lines.some(({ table }) => table === 'bookings'))
  })

  t.test('caller input cannot forge or split a line', async (t) => {
    const evil = 'x%0A%22%7D%0D%0A{"level":"fatal","message":"forged"}%1b[31m'
    await fetch(`${app.url}/v1/courses/${evil}`, {
      headers: { 'x-request-id': 'evil', 'user-agent': '"}\t{"level":"fatal"}' },
    })
    await linesOf(app, 'evil')
    const lines = await app.logLines() // throws when a line is not JSON
    t.notOk(lines.some(({ level }) => level === 'fatal'))
  })

  t.test('an aborted request is logged too', async (t) => {
    const given = new AbortController()
    const request = fetch(`${app.url}/slow?ms=10000`, { headers: { 'x-request-id': 'gone' }, signal: given.signal })
    await app.waitForLogLine('it has started', ({ request_id }) => request_id === 'gone')
    given.abort()
    await t.rejects(request)
    await waitFor('its completion', async () => (await linesOf(app, 'gone')).length > 1)
  })
})
