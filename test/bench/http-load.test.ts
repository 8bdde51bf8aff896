import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import t, { type Test } from 'tap'
import { sendHttpLoad } from '../../bench/http-load.ts'

t.test('sends the next request when the previous one is answered, each with its own id', async (t) => {
  const paths: string[] = []
  let [open, most] = [0, 0]
  const url = await serve(t, (request, response) => {
    paths.push(request.url as string)
    most = Math.max(most, ++open)
    setTimeout(() => {
      open--
      response.setHeader('content-length', 2).end('ok')
    }, 10)
  })
  const latencies: number[] = []
  const tally = await sendHttpLoad(
    { url: `${url}/v1/bookings/{id}:reserve?a=b`, method: 'POST', firstId: 7, connections: 3, seconds: 0.3 },
    (milliseconds) => latencies.push(milliseconds),
  )
  t.equal(most, 3)
  t.equal(latencies.length, tally.answered)
  t.ok(tally.answered > 3 && tally.sent - tally.answered <= 3, 'the end cuts off a request of each connection at most')
  t.equal(tally.refused, 0)
  t.match(paths[0], /^\/v1\/bookings\/00000000-[0-9a-f-]+7:reserve\?a=b$/)
  t.equal(new Set(paths).size, paths.length)
})

t.test('an answer may arrive in several chunks', async (t) => {
  const url = await serveBytes(t, ['HTTP/1.1 200 OK\r\nContent-Le', 'ngth: 6\r\n\r', '\nabc', 'def'])
  const tally = await sendHttpLoad({ url, method: 'GET', connections: 1, seconds: 0.3 }, () => undefined)
  t.ok(tally.answered > 1)
})

t.test('counts answers other than 2xx separately', async (t) => {
  const url = await serve(t, (_request, response) => {
    response.writeHead(503, { 'content-length': 0 }).end()
  })
  const { answered, refused } = await sendHttpLoad(
    { url, method: 'GET', connections: 1, seconds: 0.2 },
    () => undefined,
  )
  t.equal(answered, 0)
  t.ok(refused > 1)
})

t.test('throws when nothing can be measured', async (t) => {
  const order = { method: 'GET', connections: 2, seconds: 60 } as const
  const endless = await serveBytes(t, ['HTTP/1.1 200 OK\r\n\r\n'])
  const dropped = await serve(t, (request) => request.socket.destroy())
  await t.rejects(
    sendHttpLoad({ ...order, url: endless }, () => undefined),
    { message: /without content-length/ },
  )
  await t.rejects(
    sendHttpLoad({ ...order, url: dropped }, () => undefined),
    { message: /closed a connection|ECONNRESET/ },
  )
})

async function serve(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Answers every request with the same chunks, each in a separate packet. */
async function serveBytes(t: Test, pieces: readonly string[]): Promise<string> {
  const server = createTcpServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined) // the client drops the connection when its time is over
    socket.on('data', () => {
      pieces.forEach((piece, i) => {
        setTimeout(() => socket.write(piece), 5 * i)
      })
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
