import { LRUCache } from 'lru-cache'
import {
  announce,
  channels,
  type DatabaseId,
  type QueryAnnouncement,
  type ShareAnnouncement,
} from '../../phases/announcements.ts'
import { CallEnded, isCancelled } from './cancellation.ts'
import { DatabaseError } from './database-error.ts'

/** What a statement does and to which table, as telemetry names it. */
export interface Statement {
  /** The SQL verb in capitals: `SELECT`. For a CTE, the verb that follows the `with` list. */
  readonly operation: string
  /** The first table that the statement is about: `courses`. Empty when it names none. */
  readonly table: string
}

// The program has a few dozen statements; the bound is for bulk inserts, whose text varies with the number of rows.
const known = new LRUCache<string, Statement>({ max: 200 })

/** For every database that the app can use. */
export const system = 'postgresql'

const NO_SHARES: readonly ShareAnnouncement[] = []

/**
 * Announces one SQL statement while `work` sends it. Call it when the connection is there and free, so that the
 * statement takes as long as the database does. Work for a call that has ended stops here.
 *
 * @param database which one it is sent to
 * @param text the statement with placeholders, as it is sent
 * @param rowsOf tells from the driver's result how many rows were read or changed
 * @param shares those of the callers, for a shared statement
 * @throws CallEnded when the call has ended; the statement is then not sent
 */
export function announceStatement<R>(
  database: DatabaseId,
  text: string,
  work: () => Promise<R>,
  rowsOf: (result: R) => number,
  shares?: readonly ShareAnnouncement[],
): Promise<R> {
  return isCancelled() ? Promise.reject(new CallEnded()) : announceAlways(database, text, work, rowsOf, shares)
}

/** Like `announceStatement`, for what must be sent even for a call that has ended: the end of a transaction. */
export function announceAlways<R>(
  database: DatabaseId,
  text: string,
  work: () => Promise<R>,
  rowsOf: (result: R) => number,
  shares: readonly ShareAnnouncement[] = NO_SHARES,
): Promise<R> {
  if (!channels.query.hasSubscribers) return work()
  const { operation, table } = describe(text)
  const announcement: QueryAnnouncement = {
    operation,
    table,
    text,
    system,
    database,
    shares,
    rows: undefined,
    statusCode: undefined,
  }
  for (const share of shares) share.statement = announcement
  return announce(channels.query, announcement, () =>
    work().then(
      (result) => {
        announcement.rows = rowsOf(result)
        return result
      },
      (error: unknown) => {
        if (error instanceof DatabaseError) announcement.statusCode = error.sqlState
        throw error
      },
    ),
  )
}

/**
 * Reads a statement's verb and table from its text, which is all that Drizzle hands its client, and remembers them.
 * Stores would have to name both once more with each of their statements, and could name the wrong ones.
 */
export function describe(text: string): Statement {
  let statement = known.get(text)
  if (statement === undefined) {
    statement = parse(text)
    known.set(text, statement)
  }
  return statement
}

const name = /(?:only\s+)?(?:if\s+(?:not\s+)?exists\s+)?(?:"?\w+"?\.)?"?(\w+)"?/.source
const intoTable: Record<string, RegExp> = {
  SELECT: new RegExp(`\\bfrom\\s+${name}`, 'i'),
  INSERT: new RegExp(`\\binto\\s+${name}`, 'i'),
  UPDATE: new RegExp(`\\bupdate\\s+${name}`, 'i'),
  DELETE: new RegExp(`\\bfrom\\s+${name}`, 'i'),
  CREATE: new RegExp(`\\b(?:on|table|schema|type)\\s+${name}`, 'i'),
  ALTER: new RegExp(`\\b(?:table|type)\\s+${name}`, 'i'),
  DROP: new RegExp(`\\b(?:table|index|schema|type)\\s+${name}`, 'i'),
}

function parse(text: string): Statement {
  const top = outsideParentheses(text)
  const operation = (/^\s*with\b/i.test(top) ? verbAfterWith(top) : firstWord(top)).toUpperCase()
  const pattern = intoTable[operation]
  if (pattern === undefined) return { operation, table: '' }
  const table = pattern.exec(top)?.[1]
  // `select … from (select … from courses)` and `with page as (…) select … from page` name their table further in.
  const isInner =
    table === undefined ||
    new RegExp(`"?\\b${table}\\b"?\\s+as\\s*(?:not\\s+)?(?:materialized\\s*)?\\(`, 'i').test(text)
  return { operation, table: (isInner ? pattern.exec(text)?.[1] : table) ?? '' }
}

function firstWord(text: string): string {
  return /\w+/.exec(text)?.[0] ?? ''
}

function verbAfterWith(top: string): string {
  return /\b(?:select|insert|update|delete)\b/i.exec(top)?.[0] ?? 'WITH'
}

/** The text without what stands in parentheses, literals and comments; quoted names stay. */
function outsideParentheses(text: string): string {
  const plain = text.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, ' ')
  let depth = 0
  let outside = ''
  for (const character of plain) {
    if (character === ')') depth--
    if (depth === 0) outside += character
    if (character === '(') depth++
  }
  return outside
}
