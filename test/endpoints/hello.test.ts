import t from 'tap'
import { hello } from '../../src/endpoints/hello.ts'
import { httpClient } from '../../testkit/http.ts'
import { localServer } from '../platform/local-server.ts'

t.test('GET /hello greets and returns the request id', async (t) => {
  const { url } = await localServer(t, (app) => app.register(hello))
  const { getJson, send } = httpClient(t)
  const first = await getJson(`${url}/hello`)
  const second = await getJson(`${url}/hello?anything=goes`)
  t.equal(first.status, 200)
  t.match(first.headers['content-type'], /^application\/json/)
  t.strictSame(Object.keys(first.body), ['message', 'request_id'])
  t.equal(first.body.message, 'hello')
  t.type(first.body.request_id, 'string')
  t.not(first.body.request_id, second.body.request_id)

  const head = await send(`${url}/hello`, { method: 'HEAD' })
  t.match({ status: head.status, text: head.text }, { status: 200, text: '' })
})
