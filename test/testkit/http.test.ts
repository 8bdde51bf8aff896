import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { httpClient, sendRaw } from '../../testkit/http.ts'

async function serve(t: Test, listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  t.teardown(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

t.test('sends and receives JSON over one connection, which ends with the test', async (t) => {
  const ports = new Set<number | undefined>()
  const port = await serve(t, (request, response) => {
    ports.add(request.socket.remotePort)
    response.writeHead(201, { 'content-type': 'application/problem+json; charset=utf-8' })
    response.write(
      `{"method":"${request.method}","type":"${request.headers['content-type']}","x":"${request.headers['x-a']}","sent":`,
    )
    if (request.method === 'GET') response.end('null}')
    else request.on('end', () => response.end('}')).pipe(response, { end: false })
  })
  const http = httpClient(t)
  const got = await http.getJson(`http://127.0.0.1:${port}/`, { 'x-a': 'b' })
  t.match(got, { status: 201, headers: { 'content-type': /problem/ }, body: { method: 'GET', x: 'b', sent: null } })
  const posted = await http.postJson(`http://127.0.0.1:${port}/`, { ü: 1 })
  t.match(posted.body, { method: 'POST', type: 'application/json', sent: { ü: 1 } })
  t.equal(ports.size, 1)
})

t.test('shows an answer that is not JSON', async (t) => {
  const port = await serve(t, (_request, response) => {
    response.writeHead(500).end('<h1>oops</h1>')
  })
  const http = httpClient(t)
  t.match(await http.send(`http://127.0.0.1:${port}/`), { status: 500, text: '<h1>oops</h1>' })
  await t.rejects(http.getJson(`http://127.0.0.1:${port}/`), {
    message: /answered 500 with no content type, not JSON:\n<h1>oops/,
  })
})

t.test('sends raw bytes', async (t) => {
  const port = await serve(t, (_request, response) => {
    response.end('fine')
  })
  const request = (line: string) => `GET / HTTP/1.1\r\nHost: x\r\n${line}Connection: close\r\n\r\n`
  t.match(await sendRaw('127.0.0.1', port, request('')), /^HTTP\/1\.1 200 OK\r\n[\s\S]*fine/)
  t.match(await sendRaw('127.0.0.1', port, request('X-A: b\rc\r\n')), /^HTTP\/1\.1 400 Bad Request/)
  await t.rejects(sendRaw('127.0.0.1', port, 'GET / HTTP/1.1\r\n', 50), { message: /kept the connection for 50 ms/ })
  await t.rejects(sendRaw('127.0.0.1', 1, ''), { code: 'ECONNREFUSED' })
})
