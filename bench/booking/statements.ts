import type { Sql } from 'postgres'
import { channels, type QueryAnnouncement } from '../../phases/announcements.ts'
import { BookingStore } from '../../src/course/booking-store.ts'
import type { Database } from '../../src/platform/database.ts'
import { numberedId, numberedIdSql } from '../numbered-id.ts'
import { stockShop } from './shop.ts'

const NOW = `'${new Date().toISOString()}'`
/** When the bench is long over: a hold that is overdue would be expired by the servers beside it. */
const LATER = `'${new Date(Date.now() + 24 * 60 * 60_000).toISOString()}'`

/** What stands for the placeholders of a reservation, in their order. */
const VALUES = [`array[${numberedIdSql(':n::bigint')}]`, `array[${NOW}]`, `array[${LATER}]`]

/**
 * A reservation as a script for pgbench, made of the statement that the store really sends. Each client takes
 * the bookings with the ids from `:client_id * :per_client` on.
 *
 * @throws when the store sends something that this does not know how to fill in.
 */
export async function reservationScript(database: Database, sql: Sql): Promise<string> {
  await stockShop(sql, 1, 'one batch')
  const [statement = '', ...others] = await statementsOf(database)
  if (others.length > 0) throw new Error(`a reservation now takes more than one statement:\n${others.join('\n')}`)
  return `\\set n :client_id * :per_client + :i\n\\set i :i + 1\n${fillIn(statement)};\n`
}

async function statementsOf(database: Database): Promise<string[]> {
  const texts: string[] = []
  const listener = (message: unknown) => texts.push((message as QueryAnnouncement).text)
  channels.query.start.subscribe(listener)
  try {
    const [now, later] = [0, 600_000].map((ms) => new Date(Date.now() + ms).toISOString()) as [string, string]
    await new BookingStore(database).reserve(numberedId(0), now, later)
  } finally {
    channels.query.start.unsubscribe(listener)
  }
  return texts
}

function fillIn(text: string): string {
  const placeholders = new Set(text.match(/\$\d+/g))
  if (placeholders.size !== VALUES.length) throw new Error(`not ${VALUES.length} values, but other ones: ${text}`)
  return text.replace(/\$(\d+)/g, (_, number) => VALUES[Number(number) - 1] as string)
}
