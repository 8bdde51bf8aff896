import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { waitFor } from '../../testkit/wait-for.ts'
import { localServer } from './local-server.ts'

const REQUEST = 'GET /work HTTP/1.1\r\nhost: test\r\n\r\n'

/** A server whose only request ends when the test releases it. */
async function workingServer(t: Test) {
  let finishWork = () => {}
  const work = new Promise<void>((resolve) => {
    finishWork = resolve
  })
  let begun = 0
  const server = await localServer(t, (app) =>
    app.get('/work', async () => {
      begun++
      await work
      return 'done'
    }),
  )
  const requestsInFlight = (count: number) => waitFor(`${count} requests in flight`, () => begun === count)
  return { ...server, finishWork, requestsInFlight }
}

async function open(
  t: Test,
  port: number,
): Promise<{ socket: Socket; received: () => string; ended: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  let text = ''
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  await once(socket, 'connect')
  return { socket, received: () => text, ended: once(socket, 'close') }
}

/** Whether the promise is settled after the event loop turns that an idle server needs to close. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  void promise.finally(() => {
    settled = true
  })
  for (let turn = 0; turn < 20; turn++) await setImmediate()
  return settled
}

t.test('a closing server finishes requests in flight, also on keep-alive connections', async (t) => {
  const { app, port, finishWork, requestsInFlight } = await workingServer(t)
  const { socket, received, ended } = await open(t, port)
  socket.write(REQUEST)
  await requestsInFlight(1)
  const closed = app.close()
  t.notOk(await isSettled(closed), 'it waits')
  finishWork()
  const start = performance.now()
  await closed
  t.ok(performance.now() - start < 5000, 'and ends with the request')
  await ended
  t.match(received(), /^HTTP\/1\.1 200 OK[\s\S]*done$/)
})

t.test('it accepts no new connections', async (t) => {
  const { app, port, finishWork, requestsInFlight } = await workingServer(t)
  const { socket } = await open(t, port)
  socket.write(REQUEST)
  await requestsInFlight(1)
  const closed = app.close()
  await waitFor('the port to be closed', () => !app.server.listening)
  await t.rejects(open(t, port), { code: 'ECONNREFUSED' })
  finishWork()
  await closed
})

t.test('a new request on a busy connection is answered, and is the last', async (t) => {
  const { app, port, finishWork, requestsInFlight } = await workingServer(t)
  const { socket, received, ended } = await open(t, port)
  socket.write(REQUEST)
  await requestsInFlight(1)
  const closed = app.close()
  await waitFor('the port to be closed', () => !app.server.listening)
  socket.write(REQUEST)
  await requestsInFlight(2)
  finishWork()
  await Promise.all([closed, ended])
  t.equal(received().match(/HTTP\/1\.1 200 OK/g)?.length, 2)
  t.match(received(), /connection: close/i)
})

t.test('idle connections do not delay it', async (t) => {
  for (const [what, sent] of [
    ['one that was opened in advance', ''],
    ['one that stops in the middle of a request', 'GET /work HTTP/1.1\r\nhost:'],
  ] as const) {
    const { app, port } = await workingServer(t)
    const { socket, ended } = await open(t, port)
    if (sent) socket.write(sent)
    const start = performance.now()
    await app.close()
    await ended
    t.ok(performance.now() - start < 5000, what)
  }
})

t.test('a request that arrives while the server closes is not lost', async (t) => {
  const { app, port, finishWork } = await workingServer(t)
  finishWork()
  const connections = await Promise.all(Array.from({ length: 10 }, () => open(t, port)))
  await waitFor('all of them to be accepted', async () => {
    const count = await new Promise<number>((resolve) => app.server.getConnections((_error, n) => resolve(n)))
    return count === connections.length
  })
  for (const { socket } of connections) socket.write(REQUEST)
  await Promise.all([app.close(), ...connections.map(({ ended }) => ended)])
  for (const { received } of connections) t.match(received(), /^HTTP\/1\.1 200 OK/)
})
