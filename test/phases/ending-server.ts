/** A server process whose answers end in every possible way, for request-end.test.ts. */

import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { serve } from '../../src/platform/serve.ts'
import { addPhase, createServer } from '../../src/platform/server.ts'

async function* endless(): AsyncGenerator<string> {
  while (true) {
    yield 'a part of the answer\n'
    await delay(10)
  }
}

async function* failing(): AsyncGenerator<string> {
  yield 'a part of the answer\n'
  await delay(10)
  throw new RangeError('the source of the answer has failed')
}

await serve(
  (config, phase) => {
    const app = createServer({ config }, phase)
    addPhase(app, { config }, phase)
    // The default is 30 seconds.
    Object.assign(app.server, { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 })
    app.get('/livez', { config: { traced: false } }, () => ({ status: 'alive' }))
    app.get('/ok', () => ({ ok: true }))
    app.post('/ok', () => ({ ok: true }))
    app.get('/no-content', (_request, reply) => reply.code(204).send())
    app.get('/not-modified', (_request, reply) => reply.code(304).send())
    app.get('/stream', (_request, reply) => reply.send(Readable.from(['one ', 'two'])))
    app.get('/endless', (_request, reply) => reply.send(Readable.from(endless())))
    app.get('/failing', (_request, reply) => reply.send(Readable.from(failing())))
    app.get('/large', () => 'x'.repeat(20_000_000))
    app.get('/slow', async () => {
      await delay(300)
      return { slow: true }
    })
    app.get('/never', () => new Promise<never>(() => {}))
    app.get('/throws', async ({ id, log }) => {
      log.info(`/throws ${id}`)
      throw new SyntaxError('a mistake of the program')
    })
    // Sends a request without a socket, and returns the outcome.
    app.get('/inject', async ({ headers, query }) => {
      const { method, url } = query as { method: 'GET' | 'HEAD'; url: string }
      const id = headers['x-inner-id'] as string
      return await app.inject({ method, url, headers: { 'x-request-id': id } }).then(
        ({ statusCode }) => ({ status: statusCode }),
        (error: Error) => ({ error: error.message }),
      )
    })
    return app
  },
  ({ url }) => {
    process.stderr.write(`${url}\n`)
  },
)
