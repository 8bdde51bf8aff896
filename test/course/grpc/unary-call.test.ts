import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js'
import t, { type Test } from 'tap'
import { GrpcClient } from '../../../src/platform/grpc/client.ts'
import type { Method } from '../../../src/platform/grpc/unary-call.ts'

const OPTIONS = { deadlineMs: 2000, isRepeatable: false }
const same = (bytes: Buffer) => bytes
const echo: Method<Buffer, Buffer> = { path: '/test.Echo/Say', requestSerialize: same, responseDeserialize: same }

/** A server that echoes its message, and sends no answer to an empty one. */
async function serveEcho(t: Test): Promise<GrpcClient> {
  const server = new Server()
  const say = {
    path: echo.path,
    requestStream: false,
    responseStream: true,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  }
  const handler = (call: ServerWritableStream<Buffer, Buffer>) => {
    if (call.request.length > 0) call.write(call.request)
    call.end()
  }
  server.addService({ say }, { say: handler })
  const port = await new Promise<number>((resolve, reject) => {
    const bound = (error: Error | null, port: number) => (error ? reject(error) : resolve(port))
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound)
  })
  const client = new GrpcClient(`127.0.0.1:${port}`)
  t.teardown(() => {
    client.close()
    server.forceShutdown()
  })
  return client
}

const fail = (): never => {
  throw new Error('no such message')
}

t.test('a valid response', async (t) => {
  const client = await serveEcho(t)
  t.same(await client.call(echo, Buffer.from('hello'), OPTIONS), Buffer.from('hello'))
})

t.test('an unserializable, malformed or missing message is an internal error', async (t) => {
  const client = await serveEcho(t)
  const hello = Buffer.from('hello')
  const table: Record<string, [method: Partial<Method<Buffer, Buffer>>, request: Buffer]> = {
    'the request cannot be sent: no such message': [{ requestSerialize: fail }, hello],
    'the response cannot be read: no such message': [{ responseDeserialize: fail }, hello],
    'the response cannot be read: there is none': [{}, Buffer.alloc(0)],
  }
  for (const [message, [method, request]] of Object.entries(table)) {
    const failed = client.call({ ...echo, ...method }, request, OPTIONS)
    await t.rejects(failed, { name: 'DomainError', code: 'internal', message: new RegExp(message, 'i') }, message)
  }
})

t.test('a closed client sends nothing', async (t) => {
  const client = await serveEcho(t)
  client.close()
  await t.rejects(client.call(echo, Buffer.from('hello'), OPTIONS), /shut down/)
})
