import t, { type Test } from 'tap'
import { Type } from 'typebox'
import { DatabaseError } from '../../src/platform/database-error.ts'
import { DomainError } from '../../src/platform/domain-error.ts'
import { HttpError } from '../../src/platform/problem.ts'
import { httpClient, type JsonResponse, sendRaw } from '../../testkit/http.ts'
import { localServer } from './local-server.ts'

const Body = Type.Object(
  { name: Type.String({ minLength: 2 }), size: Type.Optional(Type.Integer({ maximum: 9 })) },
  { additionalProperties: false },
)

t.test('problem details', async (t) => {
  const failures: Record<string, unknown> = {
    driver: new DatabaseError('duplicate key value (email)=(ada@example.com)', '23505', 'users_email'),
    plain: new TypeError("Cannot read properties of undefined (reading 'secret')"),
    text: 'a string that was thrown',
    nonsense: Object.assign(new Error('secret'), { statusCode: 200 }),
    internal: new DomainError('internal', 'secret'),
    exposed: new HttpError(502, 'The upstream failed.', true, { cause: new Error('secret') }),
    soldOut: new DomainError('sold_out', 'No seat is free.'),
    unavailable: new DomainError('unavailable', 'The database does not answer.'),
    notFound: new DomainError('not_found', 'There is no such course.'),
  }
  const { url, port } = await localServer(t, (app) => {
    app.get('/fail/:name', async (request) => {
      throw failures[(request.params as { name: string }).name]
    })
    app.post('/things', { schema: { body: Body } }, () => ({}))
    app.get('/things/:id', { schema: { params: Type.Object({ id: Type.String({ format: 'uuid' }) }) } }, () => ({}))
    app.get('/circular', () => {
      const circle: { self?: unknown } = {}
      circle.self = circle
      return circle
    })
  })
  const { getJson, postJson, send, sendJson } = httpClient(t)

  function isProblem(
    t: Test,
    response: JsonResponse<Record<string, unknown>>,
    status: number,
    instance: string,
    detail: RegExp,
  ) {
    t.equal(response.status, status, instance)
    t.equal(response.headers['content-type'], 'application/problem+json')
    const { type, title, detail: told, request_id, ...rest } = response.body
    t.match({ type, title, request_id }, { type: 'about:blank', title: /^[A-Z]/, request_id: /./ })
    t.match(told, detail)
    t.match(rest, { status, instance })
    t.strictSame(
      Object.keys(rest).filter((name) => name !== 'errors'),
      ['status', 'instance'],
      'nothing else',
    )
  }

  t.test('unknown routes and methods', async (t) => {
    isProblem(t, await getJson(`${url}/nope?secret=1`), 404, '/nope', /^There is no GET \/nope\. See \/swagger/)
  })

  t.test('405 lists the allowed methods', async (t) => {
    for (const method of ['GET', 'DELETE', 'OPTIONS', 'PUT', 'PROPFIND', 'PURGE', 'TRACE']) {
      const answer = await sendRaw(
        '127.0.0.1',
        port,
        `${method} /things HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
      )
      t.match(answer, /^HTTP\/1\.1 405 Method Not Allowed\r\n/, method)
      t.match(answer, /\r\nallow: POST\r\n/i, method)
      t.match(answer, /"detail":"\/things has POST only\."/, method)
    }
    const head = await send(`${url}/things`, { method: 'HEAD' })
    t.same([head.status, head.text, head.headers.allow], [405, '', 'POST'])
    const ofTemplate = await sendJson(`${url}/fail/x`, { method: 'PATCH' })
    isProblem(t, ofTemplate, 405, '/fail/x', /GET and HEAD only/)
    t.equal(ofTemplate.headers.allow, 'GET, HEAD')
  })

  t.test('an unknown route is answered without reading the body', async (t) => {
    for (const type of ['application/json', 'text/plain']) {
      const head = `host: x\r\nconnection: close\r\ncontent-type: ${type}\r\ncontent-length: 9\r\n\r\n`
      t.match(await sendRaw('127.0.0.1', port, `POST /nope HTTP/1.1\r\n${head}`), /^HTTP\/1\.1 404 /, type)
      t.match(await sendRaw('127.0.0.1', port, `PUT /things HTTP/1.1\r\n${head}`), /^HTTP\/1\.1 405 /, type)
    }
  })

  t.test('a request has one Host', async (t) => {
    for (const [hosts, what] of [
      ['', 'none'],
      ['host: a\r\nHost: b\r\n', '2'],
    ] as const) {
      const answer = await sendRaw('127.0.0.1', port, `GET /nope HTTP/1.1\r\n${hosts}connection: close\r\n\r\n`)
      t.match(answer, /^HTTP\/1\.1 400 /)
      t.match(answer, `needs one Host header, and this one has ${what}.`)
    }
  })

  t.test('an absolute request target is reduced to its path', async (t) => {
    const answer = await sendRaw(
      '127.0.0.1',
      port,
      'GET http://example.com/nope?a=1 HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n',
    )
    t.match(answer, /"instance":"\/nope"/)
    t.notMatch(answer, 'example.com')
  })

  t.test('HEAD returns headers without a body', async (t) => {
    for (const [path, status] of [
      ['/nope', 404],
      ['/fail/plain', 500],
    ] as const) {
      const response = await send(url + path, { method: 'HEAD' })
      t.match({ ...response }, { status, text: '', headers: { 'content-type': 'application/problem+json' } })
    }
  })

  t.test('a malformed percent-encoding', async (t) => {
    for (const path of ['/%', '/%zz', '/things/%ff', '/things/%E0%A4%A'])
      isProblem(t, await getJson(url + path), 400, path, /malformed percent-encoding/)
    isProblem(t, await getJson(`${url}/nope?a=%zz`), 400, '/nope', /malformed percent-encoding/)
    isProblem(t, await getJson(`${url}/malformed`), 404, '/malformed', /There is no GET \/malformed/)
  })

  t.test('invalid input, field by field', async (t) => {
    const wrong = await postJson(`${url}/things`, { name: 'x', size: 10, colour: 'red' })
    isProblem(t, wrong, 400, '/things', /body is not valid/)
    const errors = wrong.body.errors as { path: string; message: string }[]
    t.strictSame(
      errors.map(({ path }) => path),
      ['/colour', '/name', '/size'],
    )
    for (const { message } of errors) t.match(message, /^must /)

    t.match((await postJson(`${url}/things`, {})).body.errors, [{ path: '/name', message: /required/ }])
    t.match((await postJson(`${url}/things`, [])).body.errors, [{ path: '/', message: 'must be object' }])
    t.match((await postJson(`${url}/things`, null)).body.errors, [{ path: '/', message: 'must be object' }])
    const params = await getJson(`${url}/things/12`)
    isProblem(t, params, 400, '/things/12', /path is not valid/)
    t.match(params.body.errors, [{ path: '/id', message: /uuid/ }])
  })

  t.test('malformed, oversized and unsupported bodies', async (t) => {
    const post = (body: string, type?: string) =>
      sendJson(`${url}/things`, { method: 'POST', body, headers: type === undefined ? {} : { 'content-type': type } })
    const json = 'application/json'
    isProblem(t, await post('{"name":', json), 400, '/things', /JSON/)
    isProblem(t, await post('', json), 400, '/things', /empty/)
    isProblem(t, await post('{"__proto__":{"a":1}}', json), 400, '/things', /./)
    isProblem(t, await post(`{"name":"${'x'.repeat(70_000)}"}`, json), 413, '/things', /too large/)
    t.equal((await post(`{"name":"${'x'.repeat(60_000)}"}`, json)).status, 200, 'up to the limit')
    for (const type of [undefined, 'text/plain', 'application/xml', 'application/x-www-form-urlencoded', '///'])
      isProblem(t, await post('{"name":"xx"}', type), 415, '/things', /Unsupported Media Type/)
    t.equal((await post('{"name":"xx"}', `${json}; charset=utf-8`)).status, 200)
  })

  t.test('a 5xx never reveals its cause', async (t) => {
    for (const name of ['driver', 'plain', 'text', 'nonsense', 'internal']) {
      const response = await getJson(`${url}/fail/${name}`)
      isProblem(t, response, 500, `/fail/${name}`, /^The server ran into an error/)
      t.notMatch(response.text, /secret|duplicate|example\.com|users_email|thrown|\.[jt]s\b|node_modules| at /)
    }
    isProblem(t, await getJson(`${url}/circular`), 500, '/circular', /^The server ran into an error/)
  })

  t.test('messages for the caller are sent', async (t) => {
    isProblem(t, await getJson(`${url}/fail/exposed`), 502, '/fail/exposed', /^The upstream failed\.$/)
    isProblem(t, await getJson(`${url}/fail/notFound`), 404, '/fail/notFound', /no such course/)
    const soldOut = await getJson(`${url}/fail/soldOut`)
    isProblem(t, soldOut, 409, '/fail/soldOut', /No seat is free/)
    t.equal(soldOut.body.title, 'Sold Out')
    const unavailable = await getJson(`${url}/fail/unavailable`)
    isProblem(t, unavailable, 503, '/fail/unavailable', /./)
    t.match(unavailable.headers['retry-after'], /^[1-9]\d*$/)
  })

  t.test('bytes that are not HTTP', async (t) => {
    const headers = 'host: test\r\nconnection: close\r\n'
    for (const [what, status, bytes] of [
      ['no request line', 400, 'NONSENSE\r\n\r\n'],
      ['an unknown method', 400, `FOO /things HTTP/1.1\r\n${headers}\r\n`],
      ['a version of the future', 400, `GET /things HTTP/9.9\r\n${headers}\r\n`],
      ['a carriage return in a header', 400, `GET /things HTTP/1.1\r\n${headers}x-a: a\rb\r\n\r\n`],
      ['a line feed in a header', 400, `GET /things HTTP/1.1\r\n${headers}x-a: a\nb\r\n\r\n`],
      ['a NUL in a header', 400, `GET /things HTTP/1.1\r\n${headers}x-a: a\0b\r\n\r\n`],
      ['two lengths', 400, `POST /things HTTP/1.1\r\n${headers}content-length: 1\r\ncontent-length: 2\r\n\r\n{}`],
      [
        'a length and chunks',
        400,
        `POST /things HTTP/1.1\r\n${headers}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`,
      ],
      ['a header that is too long', 431, `GET /things HTTP/1.1\r\n${headers}x-a: ${'a'.repeat(20_000)}\r\n\r\n`],
      ['a URL that is too long', 431, `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${headers}\r\n`],
    ] as const) {
      const answer = await sendRaw('127.0.0.1', port, bytes)
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      t.match(head, new RegExp(`^HTTP/1\\.1 ${status} `), what)
      t.match(head, /^content-type: application\/problem\+json$/m, what)
      t.match(head, new RegExp(`^content-length: ${body.length}$`, 'm'), what)
      t.match(JSON.parse(body), { type: 'about:blank', title: /./, status, detail: /./ }, what)
    }
    t.equal((await postJson(`${url}/things`, { name: 'xx' })).status, 200, 'and the server goes on')
  })
})
