/** Runs the domain tests again on a PostgreSQL server, where many connections compete. */
import tap from 'tap'
import { needsPostgres, postgresUrl } from '../../testkit/postgres-server.ts'
import { storage } from './course-app.ts'

/** Pool size. The suite of announcements needs one connection, because it sets session options before it explains plans. */
const suites = {
  catalog: 10,
  booking: 10,
  reservation: 10,
  invariant: 10,
  idempotency: 10,
  sweeper: 10,
  'strict-input': 10,
  announcements: 1,
}

// A suite registers its tests at the top level, so they run one after the other after this one.
tap.test('every suite starts on an empty database', needsPostgres(), async (t) => {
  for (const [suite, DATABASE_POOL_SIZE] of Object.entries(suites)) {
    Object.assign(storage, { DATABASE_URL: await postgresUrl(tap), DATABASE_POOL_SIZE })
    await t.resolves(import(`./${suite}.test.js`), suite)
  }
})
