/** Commits rows as fast as possible and prints each, until it is killed. For database.test.ts. */
import { sql } from 'drizzle-orm'
import { loadConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/platform/open-database.ts'

const config = { ...loadConfig([]), DATABASE_URL: undefined, DATA_DIR: process.argv[2] as string }
const database = await openDatabase(config)
await database.run((queries) => queries.execute(sql`create table if not exists notes (n integer primary key)`))
for (let n = Number(process.argv[3]); ; n++) {
  await database.transaction(async (tx) => {
    await tx.execute(sql`insert into notes values (${n})`)
  })
  process.stdout.write(`${n}\n`)
}
