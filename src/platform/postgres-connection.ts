import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { drizzle } from 'drizzle-orm/pg-proxy'
import postgres, { type Options, type Sql } from 'postgres'
import type { DatabaseId, Endpoint, ShareAnnouncement } from '../../phases/announcements.ts'
import type { Statements } from './database.ts'
import { connectionState, DatabaseError, withoutValues } from './database-error.ts'
import { callAlone } from './shared-statement.ts'
import { announceStatement, describe } from './statement.ts'
import type { Session } from './transaction.ts'
import { Watch, whenLate } from './when-late.ts'

/** Where a server is and how long to wait for it. */
export interface Target {
  readonly url: URL
  /** As whom the server lists the connection, in `pg_stat_activity`. */
  readonly applicationName: string
  /** Milliseconds until the connection must be ready for statements. */
  readonly connectMs: number
  /** Milliseconds after which the server ends a statement by itself. */
  readonly statementMs: number
}

/** What a statement gave. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: rows are whatever the statement asked for
  readonly rows: any[]
  /** Rows read or changed. */
  readonly count: number
  /** What was done: `SELECT`, `COMMIT`. */
  readonly command: string
}

interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
  readonly shape: RowShape
  readonly commits: boolean
}

/** How rows come: by column name, or only the values in the order of the columns. */
export type RowShape = 'objects' | 'arrays'

/** How much later than the server this side gives a statement up: long enough for the server's own answer to arrive. */
const GRACE_MS = 500

/**
 * One connection to PostgreSQL. When it breaks it stays broken: nothing is sent again, and the pool opens another.
 *
 * It wraps a client of `postgres` that has this connection only, and not that client's own pool, because the pool
 * connects again behind one's back, where the rest of a transaction would then run outside of it; makes requests
 * wait for up to 20 s after an outage; cannot drop a connection whose server hangs; and ends the process when
 * a statement is sent on a connection that has just closed (https://github.com/porsager/postgres/issues/1208).
 */
export class PostgresConnection implements Session {
  /** Statements for this connection, which are announced. Each must be answered before the next is sent. */
  readonly statements: Statements
  readonly database: DatabaseId
  readonly client: Sql
  readonly #socket: Socket
  readonly #watch: Watch
  /** The statement that has not been answered yet. */
  #current: Promise<Answer> | undefined
  #fault: DatabaseError | undefined
  #rejectCurrent: (error: DatabaseError) => void = ignore
  #onBroken: () => void = ignore

  private constructor(socket: Socket, target: Target) {
    const { url, statementMs } = target
    this.#socket = socket
    const answerMs = statementMs + GRACE_MS
    this.#watch = new Watch(answerMs, () => {
      const problem = `the database has not answered a statement for ${answerMs} ms`
      this.#break(new DatabaseError(problem, connectionState.lost))
    })
    const broken = () =>
      this.#break(new DatabaseError('the connection to the database is closed', connectionState.lost))
    socket.once('close', broken)
    this.client = postgres(url.href, options(socket, target, broken))
    this.database = { namespace: this.client.options.database, server: serverIn(url) }
    this.statements = statementsOver((text, values, shape) =>
      this.announced(text, () => this.query(text, values, shape)),
    )
  }

  /** @throws DatabaseError when the server is not there, refuses, or is not ready in time */
  static async open(target: Target): Promise<PostgresConnection> {
    const { address: host, port } = serverIn(target.url)
    const socket = connect({ host, port, noDelay: true })
    const late = new Error(`no answer from ${host}:${port} within ${target.connectMs} ms`)
    const inTime = whenLate(target.connectMs, () => socket.destroy(Object.assign(late, { code: 'ETIMEDOUT' })))
    try {
      await once(socket, 'connect')
      socket.on('error', ignore) // until the client listens; the close that follows says enough
      const connection = new PostgresConnection(Object.assign(socket, { host, port }), target)
      await connection.query('select 1')
      return connection
    } catch (error) {
      socket.destroy()
      throw withoutValues(error)
    } finally {
      inTime()
    }
  }

  /** Announces a statement while `send` runs, which must send it at once. */
  announced(text: string, send: () => Promise<Answer>, shares?: readonly ShareAnnouncement[]): Promise<Answer> {
    return announceStatement(this.database, text, send, ({ count }) => count, shares)
  }

  get isBroken(): boolean {
    return this.#fault !== undefined
  }

  /** Calls `listener` when the connection breaks or is closed. */
  onBroken(listener: () => void): void {
    this.#onBroken = listener
  }

  /** Sends a statement when those before it have been answered. */
  query(text: string, values: readonly unknown[] = [], shape: RowShape = 'objects'): Promise<Answer> {
    return this.#queue({ text, values, shape, commits: false })
  }

  /**
   * Like `query`, for a statement that commits what it changes. If the connection breaks before the answer,
   * nobody knows whether that has happened.
   */
  commit(text: string, values: readonly unknown[] = [], shape: RowShape = 'objects'): Promise<Answer> {
    return this.#queue({ text, values, shape, commits: true })
  }

  /** Sends `begin`, `commit` or `rollback`. Gives the command that the server executed. */
  async control(text: string): Promise<string> {
    const { command } = text === 'commit' ? await this.commit(text) : await this.query(text)
    return command
  }

  /** Says goodbye to the server. */
  async close(): Promise<void> {
    await this.client.end({ timeout: 1 })
    this.destroy()
  }

  /** Drops the connection at once, whatever the server is doing. */
  destroy(): void {
    this.#break(new DatabaseError('the connection to the database was given up', connectionState.lost))
  }

  #queue(statement: Statement): Promise<Answer> {
    if (this.#fault) return Promise.reject(this.#fault)
    if (this.#current !== undefined) {
      const again = () => this.#queue(statement)
      return this.#current.then(again, again)
    }
    this.#current = this.#send(statement)
    return this.#current
  }

  #send({ text, values, shape, commits }: Statement): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#rejectCurrent = commits ? (fault) => reject(afterCommit(text, fault)) : reject
      this.#watch.begin()
      const prepare = values.length > 0 && values.length <= MOST_PREPARED_PARAMETERS
      const sent = this.client.unsafe(text, values as never[], { prepare })
      const answer = shape === 'arrays' ? sent.values() : sent
      answer.then(
        (rows) => {
          this.#watch.end()
          this.#current = undefined
          resolve({ rows, count: rows.count ?? rows.length, command: rows.command })
        },
        (error: Error) => {
          this.#watch.end()
          this.#current = undefined
          const fault = withoutValues(error)
          if (!isRefusal(error)) this.#break(fault)
          reject(fault)
        },
      )
    })
  }

  #break(fault: DatabaseError): void {
    if (this.#fault) return
    this.#fault = fault
    this.#current = undefined
    this.#rejectCurrent(fault)
    this.#watch.stop()
    this.#socket.destroy()
    this.#onBroken()
  }
}

/** More only come from bulk inserts, whose text varies with the number of rows: each would stay in the server's memory. */
const MOST_PREPARED_PARAMETERS = 40

/** Why a statement that commits has no answer. What only reads has changed nothing, so there is nothing to wonder about. */
function afterCommit(text: string, fault: DatabaseError): DatabaseError {
  if (describe(text).operation === 'SELECT') return fault
  return new DatabaseError(fault.message, connectionState.outcomeUnknown)
}

type SendAs = (text: string, values: readonly unknown[], shape: RowShape) => Promise<Answer>

/** Statements that `sendAs` sends. What Drizzle's `execute` gives has `rows`, as over PGlite, and is the array that Drizzle expects. */
export function statementsOver(sendAs: SendAs): Statements {
  const queries = drizzle(async (text, values, method) => {
    if (method === 'all') return sendAs(text, values, 'arrays')
    const { rows } = await sendAs(text, values, 'objects')
    return { rows: Object.assign([...rows], { rows }) }
  })
  const share = (text: string) => (values: readonly string[]) =>
    callAlone((arrays) => sendAs(text, arrays, 'arrays'), values)
  return { queries, share }
}

function serverIn({ hostname, port }: URL): Endpoint {
  return { address: hostname.replace(/^\[|\]$/g, '') || 'localhost', port: Number(port || 5432) }
}

/** The server has answered with an error, and the connection goes on. */
function isRefusal(error: Error & { severity?: string }): boolean {
  return error.name === 'PostgresError' && error.severity !== 'FATAL' && error.severity !== 'PANIC'
}

function options(
  socket: Socket,
  { applicationName, statementMs }: Target,
  onclose: () => void,
): Options<Record<string, never>> {
  let isTaken = false
  const given = {
    // The one socket, once: a client that asks again wants to connect again.
    socket: async () => {
      if (isTaken) throw Object.assign(new Error('the connection to the database is closed'), { code: 'ECONNRESET' })
      isTaken = true
      return socket
    },
    max: 1,
    onclose,
    connect_timeout: 0,
    max_lifetime: null,
    fetch_types: false, // a statement more for each connection, for arrays, which we do not read
    onnotice: ignore,
    connection: {
      application_name: applicationName,
      TimeZone: 'UTC',
      DateStyle: 'ISO',
      statement_timeout: String(statementMs),
      // A process that stops in the middle of a transaction must not keep its locks.
      idle_in_transaction_session_timeout: String(statementMs),
    },
    // JSON and times are text on both sides: Drizzle reads and writes them.
    types: {
      json: { to: 114, from: [114, 3802], serialize: String, parse: String },
      date: { to: 1184, from: [1082, 1114, 1184], serialize: String, parse: String },
    },
  }
  return given as object
}

function ignore(): void {
  // Nothing to do: what is ignored here is told elsewhere too.
}
