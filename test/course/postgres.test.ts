/** The tests of the domain once more, on a PostgreSQL server: there, many connections really compete. */
import tap from 'tap'
import { needsPostgres, postgresUrl } from '../../testkit/postgres-server.ts'
import { storage } from './course-app.ts'

/** With how many connections. The suite of announcements sets options of one, in which it then asks for plans. */
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

// The tests of a suite are the file's own, so they run one after the other when this one is over.
tap.test('every suite starts on an empty database', needsPostgres(), async (t) => {
  for (const [suite, DATABASE_POOL_SIZE] of Object.entries(suites)) {
    Object.assign(storage, { DATABASE_URL: await postgresUrl(tap), DATABASE_POOL_SIZE })
    await t.resolves(import(`./${suite}.test.js`), suite)
  }
})
