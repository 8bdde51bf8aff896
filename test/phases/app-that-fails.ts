import { Readable } from 'node:stream'
import { sql } from 'drizzle-orm'
import { announce, channels } from '../../phases/announcements.ts'
import { buildApp } from '../../src/app.ts'
import { serve } from '../../src/platform/serve.ts'

async function* cutOff(): AsyncGenerator<string> {
  yield 'a part of the answer'
  throw new RangeError('the rest is missing')
}

/** The app with three more routes that fail: in a statement, in a step, and during the answer. */
await serve(
  (config, phase) => {
    const app = buildApp(config, phase)
    app.get('/failing-statement', () =>
      app.database.run((queries) => queries.execute(sql`select no_such_column from courses where slug = ${'secret'}`)),
    )
    app.get('/failing-step', () =>
      announce(channels.step, { name: 'failing_step', attributes: { attempt: 1 } }, () =>
        Promise.reject(Object.assign(new TypeError('it fails on purpose'), { code: 'ON_PURPOSE' })),
      ),
    )
    app.get('/cut-off', (_request, reply) => reply.send(Readable.from(cutOff())))
    // The default is 30 seconds.
    Object.assign(app.server, { headersTimeout: 1000, requestTimeout: 2000, connectionsCheckingInterval: 50 })
    return app
  },
  ({ url, grpcAddress }) => {
    process.stderr.write(`  API     ${url}\n  gRPC    ${grpcAddress}\n`)
  },
)
