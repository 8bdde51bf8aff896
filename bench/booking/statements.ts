import type { Sql } from 'postgres'
import { channels, type QueryAnnouncement } from '../../phases/announcements.ts'
import { BookingStore } from '../../src/course/booking-store.ts'
import type { Database } from '../../src/platform/database.ts'
import { numberedId, numberedIdSql } from '../numbered-id.ts'
import { resetBookings } from './fixtures.ts'

const NOW = `'${new Date().toISOString()}'`
/** Long after the end of the bench: the running servers would expire an overdue hold. */
const LATER = `'${new Date(Date.now() + 24 * 60 * 60_000).toISOString()}'`

/** SQL expressions for the placeholders of a reservation, in order. */
const VALUES = [`array[${numberedIdSql(':n::bigint')}]`, `array[${NOW}]`, `array[${LATER}]`]

/**
 * A reservation as a script for pgbench, built from the statement that the store actually sends. Each client takes
 * the bookings whose ids start at `:client_id * :per_client`.
 *
 * @throws when the store sends a statement whose placeholders are not known here.
 */
export async function reservationScript(database: Database, sql: Sql): Promise<string> {
  await resetBookings(sql, 1, 'one batch')
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
  if (placeholders.size !== VALUES.length) throw new Error(`expected ${VALUES.length} placeholders: ${text}`)
  return text.replace(/\$(\d+)/g, (_, number) => VALUES[Number(number) - 1] as string)
}
