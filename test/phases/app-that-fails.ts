import { sql } from 'drizzle-orm'
import { buildApp } from '../../src/app.ts'
import { serve } from '../../src/platform/serve.ts'
import { announce, signals } from '../../src/signals.ts'

/** The app, with two routes more whose work fails: a statement, and a step. */
await serve(
  (config, phase) => {
    const app = buildApp(config, phase)
    app.get('/failing-statement', () =>
      app.database.run((queries) => queries.execute(sql`select no_such_column from courses where slug = ${'secret'}`)),
    )
    app.get('/failing-step', () =>
      announce(signals.step, { name: 'failing_step', attributes: { attempt: 1 } }, () =>
        Promise.reject(Object.assign(new TypeError('it fails on purpose'), { code: 'ON_PURPOSE' })),
      ),
    )
    return app
  },
  ({ url, grpcAddress }) => {
    process.stderr.write(`  API     ${url}\n  gRPC    ${grpcAddress}\n`)
  },
)
