import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { waitFor } from '../../../testkit/wait-for.ts'
import type { Call } from '../../../tutor/drill/call-log.ts'
import { seededRandom } from '../../../tutor/drill/random.ts'
import { clientOf, routeOf, runTraffic, type Stream } from '../../../tutor/drill/traffic.ts'

/** A server that answers when the test releases it. */
async function startServer(t: Test) {
  const waiting: ServerResponse[] = []
  let isOpen = false
  const answer = (response: ServerResponse) => response.setHeader('x-request-id', 'known').end('{}')
  const server = createServer((_request, response) => {
    if (isOpen) answer(response)
    else waiting.push(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting,
    answerAll() {
      isOpen = true
      for (const response of waiting.splice(0)) answer(response)
    },
  }
}

const every = (everyMs: number): Stream => ({ everyMs, act: (client) => client.get('/hello') })

t.test('requests are sent when due, although none has been answered', async (t) => {
  const server = await startServer(t)
  const calls: Call[] = []
  const stop = new AbortController()
  const options = { url: server.url, random: seededRandom(1), onCall: (call: Call) => void calls.push(call) }
  const flowing = runTraffic([every(10)], options, stop.signal)
  await waitFor('twelve requests in flight', () => server.waiting.length >= 12)
  t.equal(calls.length, 0, 'none is over')
  stop.abort()
  const answeredAt = performance.timeOrigin + performance.now()
  server.answerAll()
  await flowing
  t.ok(calls.length >= 12)
  for (const { dueAt, waitedMs } of calls) t.ok(waitedMs >= answeredAt - dueAt, 'it waited since it was due')
})

t.test('the clock of a call starts when it was due, not when it was sent', async (t) => {
  const server = await startServer(t)
  server.answerAll()
  const calls: Call[] = []
  const stop = new AbortController()
  const options = { url: server.url, random: seededRandom(2), onCall: (call: Call) => void calls.push(call) }
  const flowing = runTraffic([every(10)], options, stop.signal)
  await waitFor('the first calls', () => calls.length >= 3)
  const from = performance.timeOrigin + performance.now()
  while (performance.timeOrigin + performance.now() < from + 150); // delays the sender
  const late = await waitFor('the calls that were due meanwhile', () => {
    const found = calls.filter(({ dueAt }) => dueAt > from + 5 && dueAt < from + 145)
    return found.length >= 10 && found
  })
  stop.abort()
  await flowing
  for (const { dueAt, waitedMs } of late) t.ok(waitedMs >= from + 150 - dueAt - 1, `${waitedMs} ms, due at ${dueAt}`)
})

t.test('the next request of a caller is due when the previous answer arrives', async (t) => {
  const server = await startServer(t)
  server.answerAll()
  const calls: Call[] = []
  const client = clientOf(
    { url: server.url, random: seededRandom(3), onCall: (call) => void calls.push(call) },
    performance.now() - 5000,
  )
  await client.get('/hello')
  await client.get('/hello')
  t.ok((calls[0]?.waitedMs ?? 0) >= 5000)
  t.ok((calls[1]?.waitedMs ?? 5000) < 5000)
  t.equal(calls[0]?.requestId, 'known')
})

t.test('a call without an answer is reported', async (t) => {
  const calls: Call[] = []
  const client = clientOf({
    url: 'http://127.0.0.1:1',
    random: seededRandom(4),
    onCall: (call) => void calls.push(call),
  })
  t.strictSame(await client.get('/hello'), { status: 0, body: undefined })
  t.match(calls, [{ route: 'GET /hello', status: 0, requestId: undefined }])
})

t.test('routes have the same names as in the log', (t) => {
  const id = '01943ad7-aa80-7001-8000-00000000000b'
  t.equal(routeOf('GET', '/hello'), 'GET /hello')
  t.equal(routeOf('GET', '/v1/bookings?user_id=customer-7'), 'GET /v1/bookings')
  t.equal(routeOf('GET', `/v1/courses/${id}`), 'GET /v1/courses/:course_id')
  t.equal(routeOf('POST', `/v1/bookings/${id}:reserve`), 'POST /v1/bookings/:booking_id:reserve')
  t.end()
})
