import { STATUS_CODES } from 'node:http'
import t from 'tap'
import { error } from '../../src/endpoints/error.ts'
import { httpClient } from '../../testkit/http.ts'
import { localServer } from '../platform/local-server.ts'

t.test('GET /error', async (t) => {
  const { url } = await localServer(t, (app) => app.register(error))
  const { getJson } = httpClient(t)
  const fail = (query: string) => getJson(`${url}/error${query}`)

  t.test('answers with the requested status, 500 by default', async (t) => {
    t.match(await fail(''), { status: 500, body: { status: 500, title: 'Internal Server Error' } })
    for (const status of [400, 401, 404, 409, 418, 422, 429, 499, 500, 501, 502, 503, 504, 599]) {
      const answer = await fail(`?status=${status}`)
      t.match(answer, {
        status,
        headers: { 'content-type': /^application\/problem\+json/ },
        body: { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, instance: '/error' },
      })
    }
  })

  t.test('explains a 4xx, but not a 5xx', async (t) => {
    t.equal((await fail('?status=404')).body.detail, 'this endpoint fails on purpose, with status 404')
    for (const status of [500, 502, 503, 599]) {
      const { text } = await fail(`?status=${status}`)
      t.notMatch(text, /on purpose|HttpError|error\.[jt]s|node_modules|\/src\/| at /, `${status}`)
    }
  })

  t.test('sends retry-after with a 503', async (t) => {
    t.match((await fail('?status=503')).headers['retry-after'], /^[1-9]\d*$/)
    t.notOk((await fail('?status=500')).headers['retry-after'])
  })

  t.test('rejects other statuses', async (t) => {
    for (const status of ['399', '600', '200', '0', '-500', '404.5', 'teapot', '']) {
      t.match(await fail(`?status=${status}`), { status: 400, body: { errors: [{ path: '/status' }] } }, status)
    }
  })
})
