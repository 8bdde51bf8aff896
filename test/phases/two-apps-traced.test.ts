import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { trace } from '@opentelemetry/api'
import t from 'tap'
import { type RunningApp, startInProcess } from '../../testkit/in-process-app.ts'

t.test('phase 5: a statement that requests share is traced by their app', async (t) => {
  const a = await startInProcess(t, 5)
  const b = await startInProcess(t, 5)
  const url = '/v1/bookings'
  const payload = { course_id: '01943ad7-aa80-7001-8000-000000000000', user_id: 'u1' }
  const created = Array.from({ length: 20 }, () => a.app.inject({ method: 'POST', url, payload }))
  const ids = (await Promise.all(created)).map((response) => response.json<{ booking_id: string }>().booking_id)
  await a.spans()
  await Promise.all(ids.map((id) => a.app.inject({ method: 'POST', url: `${url}/${id}:reserve` })))
  const names = await a.spans()
  const statements = names.filter((name) => name === 'UPDATE bookings')
  t.ok(statements.length > 3 && statements.length < 20, `${statements.length} statements: some are shared`)
  t.strictSame(await b.spans(), [])
})

t.test('phase 5: two apps in one process trace each their own', async (t) => {
  const other = createServer((_request, response) => response.end('{}'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  const EXTERNAL_API_URL = `http://127.0.0.1:${port}`
  const a = await startInProcess(t, 5, { EXTERNAL_API_URL })
  const b = await startInProcess(t, 5, { EXTERNAL_API_URL })
  const all = async (one: RunningApp) => {
    for (const path of ['/slow?ms=1', '/external']) await (await fetch(one.url + path)).text()
  }
  const expected = ['GET', 'GET', 'GET /external', 'GET /slow', 'database_query', 'external_api_call']
  const calls = async (one: RunningApp) =>
    (await one.metrics('/metrics/otel')).total('http_client_request_duration_count', { server_port: String(port) })

  await all(a)
  t.strictSame([await a.spans(), await b.spans()], [expected, []])
  await all(b)
  t.strictSame([await a.spans(), await b.spans()], [[], expected])
  t.strictSame([await calls(a), await calls(b)], [2, 2])

  const post = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const body = JSON.stringify({ course_id: '01943ad7-aa80-7001-8000-000000000000', user_id: 'u1' })
  t.equal((await fetch(`${a.url}/v1/bookings`, { ...post, body })).status, 201)
  t.strictSame([await a.events(), await b.events()], [['course_app.booking.created'], []], 'its event is there once')

  await a.app.close()
  await all(b)
  t.strictSame(await b.spans(), expected, 'the end of one is not the end of the other')
  t.equal(await calls(b), 4)
  trace.getTracer('a library').startSpan('work').end()
  t.strictSame(await b.spans(), ['work'], "the API's global provider is now the other one")

  await b.app.close()
  const c = await startInProcess(t, 5, { EXTERNAL_API_URL })
  await all(c)
  t.strictSame(await c.spans(), expected, 'and so it is for one that starts later')
})
