import type { Sql } from 'postgres'
import { BookingStore } from '../../src/course/booking-store.ts'
import type { Database } from '../../src/platform/database.ts'
import { type QuerySignal, signals } from '../../src/signals.ts'
import { numberedId, numberedIdSql } from '../numbered-id.ts'
import { stockShop } from './shop.ts'

const NOW = `'${new Date().toISOString()}'`
const LATER = `'${new Date(Date.now() + 600_000).toISOString()}'`

/** What stands for the placeholders of the two statements of a reservation, in their order. */
const VALUES = [
  ["'reserved'", NOW, LATER, NOW, numberedIdSql(':n::bigint'), "'created'"],
  [':batch_id', '0', NOW],
]

/**
 * The transaction of a reservation as a script for pgbench, made of the statements that the store really
 * sends. Each client takes the bookings with the ids from `:client_id * :per_client` on.
 *
 * @throws when the store sends other statements than this knows how to fill in.
 */
export async function reservationScript(database: Database, sql: Sql): Promise<string> {
  await stockShop(sql, 1, 'one batch')
  const [takeBooking, takeSeat] = (await statementsOf(database)).map((text, i) => fillIn(text, VALUES[i] ?? []))
  return `\\set n :client_id * :per_client + :i
\\set i :i + 1
begin;
${takeBooking} \\gset
${takeSeat};
commit;
`
}

async function statementsOf(database: Database): Promise<string[]> {
  const texts: string[] = []
  const listener = (message: unknown) => texts.push((message as QuerySignal).text)
  signals.query.start.subscribe(listener)
  try {
    const [now, later] = [0, 600_000].map((ms) => new Date(Date.now() + ms).toISOString()) as [string, string]
    await new BookingStore(database).reserve(numberedId(0), now, later)
  } finally {
    signals.query.start.unsubscribe(listener)
  }
  if (texts.length !== VALUES.length) throw new Error(`a reservation now sends other statements:\n${texts.join('\n')}`)
  return texts
}

function fillIn(text: string, values: readonly string[]): string {
  const placeholders = new Set(text.match(/\$\d+/g))
  if (placeholders.size !== values.length) throw new Error(`not ${values.length} values, but other ones: ${text}`)
  return text.replace(/\$(\d+)/g, (_, number) => values[Number(number) - 1] as string)
}
