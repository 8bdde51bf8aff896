import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import t from 'tap'
import { outgoingId } from '../../phases/2-request-logging/outgoing-id.ts'
import { requestId } from '../../phases/2-request-logging/request-id.ts'
import { requestScope } from '../../phases/2-request-logging/request-scope.ts'

t.test('x-request-id on outgoing calls', async (t) => {
  const received: (string | undefined)[] = []
  const other = createServer(({ headers }, response) => {
    received.push(headers['x-request-id'] as string | undefined)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => {
    other.close()
    other.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  const call = async (init?: RequestInit) => {
    await (await fetch(url, init)).arrayBuffer()
    return received.at(-1)
  }

  const app = fastify()
  app.register(requestId).register(requestScope).register(outgoingId)
  app.get('/plain', async () => ({ sent: await call() }))
  app.get('/own', async () => ({ sent: await call({ headers: { 'X-Request-ID': 'chosen' } }) }))
  const sentFor = async (path: string) => (await app.inject({ url: path, headers: { 'x-request-id': 'mine' } })).json()

  t.same(await sentFor('/plain'), { sent: 'mine' }, 'the id of the request that is being served')
  t.same(await sentFor('/own'), { sent: 'chosen' }, 'unless the code that calls has chosen one')
  t.equal(await call(), undefined, 'none where no request is being served')
  await app.close()
  const plain = fastify()
  plain.register(requestId).register(requestScope)
  plain.get('/plain', async () => ({ sent: (await call()) ?? null }))
  const after = await plain.inject({ url: '/plain', headers: { 'x-request-id': 'mine' } })
  t.same(after.json(), { sent: null }, 'nor when the plugin is not there')
  await plain.close()
})
