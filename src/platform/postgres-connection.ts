import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { drizzle } from 'drizzle-orm/pg-proxy'
import postgres, { type Options, type Sql } from 'postgres'
import type { DatabaseId, Endpoint, ShareAnnouncement } from '../../phases/announcements.ts'
import type { Statements } from './database.ts'
import { connectionState, DatabaseError, withoutValues } from './database-error.ts'
import { callAlone } from './shared-statement.ts'
import { StallTimeout, startStallTimeout } from './stall-timeout.ts'
import { announceStatement, describe } from './statement.ts'
import type { Session } from './transaction.ts'

/** The server to connect to, and how long to wait for it. */
export interface Target {
  readonly url: URL
  /** The connection's name in `pg_stat_activity`. */
  readonly applicationName: string
  /** Milliseconds until the connection must be ready for statements. */
  readonly connectMs: number
  /** Milliseconds after which the server ends a statement by itself. */
  readonly statementMs: number
}

/** The result of a statement. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: rows are whatever the statement asked for
  readonly rows: any[]
  /** Rows read or changed. */
  readonly count: number
  /** The command that the server executed: `SELECT`, `COMMIT`. */
  readonly command: string
}

export interface Statement {
  readonly text: string
  /** Default: none. */
  readonly values?: readonly unknown[]
  /** Default: objects. */
  readonly shape?: RowShape
  /** Whether it commits its changes. If the connection breaks before the answer, the outcome is then unknown. */
  readonly commits?: boolean
  /** The callers of a shared statement. */
  readonly shares?: readonly ShareAnnouncement[] | undefined
}

/** Rows as objects by column name, or as arrays of values in the order of the columns. */
export type RowShape = 'objects' | 'arrays'

/** How much longer than the server's own timeout this side waits, so that the server's answer can arrive. */
const GRACE_MS = 500

/**
 * One connection to PostgreSQL. A broken connection stays broken: nothing is sent again, and the pool opens another.
 *
 * It wraps a client of `postgres` that has only this connection. The client's own pool is unsuitable: it reconnects
 * unnoticed, so that the rest of a transaction would run outside of it; makes requests wait for up to 20 s after an
 * outage; cannot drop a connection whose server hangs; and crashes the process when a statement is sent on a connection
 * that has just closed (https://github.com/porsager/postgres/issues/1208).
 */
export class PostgresConnection implements Session {
  /** Statements for this connection, which are announced. Each must be answered before the next is sent. */
  readonly statements: Statements
  readonly database: DatabaseId
  readonly client: Sql
  readonly #socket: Socket
  readonly #stallTimeout: StallTimeout
  /** The statement in flight. */
  #current: Promise<Answer> | undefined
  #fault: DatabaseError | undefined
  #rejectCurrent: (error: DatabaseError) => void = ignore
  #onBroken: () => void = ignore

  private constructor(socket: Socket, target: Target) {
    const { url, statementMs } = target
    this.#socket = socket
    const answerMs = statementMs + GRACE_MS
    this.#stallTimeout = new StallTimeout(answerMs, () => {
      const problem = `the database has not answered a statement for ${answerMs} ms`
      this.#break(new DatabaseError(problem, connectionState.lost))
    })
    const broken = () =>
      this.#break(new DatabaseError('the connection to the database is closed', connectionState.lost))
    socket.once('close', broken)
    this.client = postgres(url.href, options(socket, target, broken))
    this.database = { namespace: this.client.options.database, server: serverIn(url) }
    this.statements = statementsOver((statement) => this.execute(statement))
  }

  /** @throws DatabaseError when the server is down, refuses, or is not ready in time */
  static async open(target: Target): Promise<PostgresConnection> {
    const { address: host, port } = serverIn(target.url)
    const socket = connect({ host, port, noDelay: true })
    const late = new Error(`no answer from ${host}:${port} within ${target.connectMs} ms`)
    const clear = startStallTimeout(target.connectMs, () => socket.destroy(Object.assign(late, { code: 'ETIMEDOUT' })))
    try {
      await once(socket, 'connect')
      socket.on('error', ignore) // until the client listens; `close` follows
      const connection = new PostgresConnection(Object.assign(socket, { host, port }), target)
      await connection.send({ text: 'select 1' })
      return connection
    } catch (error) {
      socket.destroy()
      throw withoutValues(error)
    } finally {
      clear()
    }
  }

  get isBroken(): boolean {
    return this.#fault !== undefined
  }

  /** Calls `listener` when the connection breaks or is closed. */
  onBroken(listener: () => void): void {
    this.#onBroken = listener
  }

  /** Sends a statement and announces it. @throws CallEnded for a call that has ended */
  execute(statement: Statement): Promise<Answer> {
    return announceStatement(this.database, statement.text, () => this.send(statement), countOf, statement.shares)
  }

  /** Sends a statement, unannounced, once the statement before it has been answered. */
  send(statement: Statement): Promise<Answer> {
    if (this.#fault) return Promise.reject(this.#fault)
    if (this.#current !== undefined) {
      const again = () => this.send(statement)
      return this.#current.then(again, again)
    }
    this.#current = this.#write(statement)
    return this.#current
  }

  /** Sends `begin`, `commit` or `rollback`. Returns the command that the server executed. */
  async control(text: string): Promise<string> {
    return (await this.send({ text, commits: text === 'commit' })).command
  }

  /** Closes the connection in an orderly way. */
  async close(): Promise<void> {
    await this.client.end({ timeout: 1 })
    this.destroy()
  }

  /** Drops the connection at once, even if a statement is in flight. */
  destroy(): void {
    this.#break(new DatabaseError('the connection to the database was given up', connectionState.lost))
  }

  #write({ text, values = [], shape, commits }: Statement): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#rejectCurrent = commits ? (fault) => reject(afterCommit(text, fault)) : reject
      this.#stallTimeout.start()
      const prepare = values.length > 0 && values.length <= MAX_PREPARED_PARAMETERS
      const sent = this.client.unsafe(text, values as never[], { prepare })
      const answer = shape === 'arrays' ? sent.values() : sent
      answer.then(
        (rows) => {
          this.#stallTimeout.end()
          this.#current = undefined
          resolve({ rows, count: rows.count ?? rows.length, command: rows.command })
        },
        (error: Error) => {
          this.#stallTimeout.end()
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
    this.#stallTimeout.clear()
    this.#socket.destroy()
    this.#onBroken()
  }
}

/** Only bulk inserts have more. Their text varies with the number of rows, and each would stay in the server's memory. */
const MAX_PREPARED_PARAMETERS = 40

/** The error of a statement that commits and was not answered. A SELECT has changed nothing, so its outcome is known. */
function afterCommit(text: string, fault: DatabaseError): DatabaseError {
  if (describe(text).operation === 'SELECT') return fault
  return new DatabaseError(fault.message, connectionState.outcomeUnknown)
}

/** Statements that go through `send`. Like PGlite's result, that of `execute` has `rows`, and is the array that Drizzle expects. */
export function statementsOver(send: (statement: Statement) => Promise<Answer>): Statements {
  const queries = drizzle(async (text, values, method) => {
    if (method === 'all') return send({ text, values, shape: 'arrays' })
    const { rows } = await send({ text, values })
    return { rows: Object.assign([...rows], { rows }) }
  })
  const share = (text: string) => (values: readonly string[]) =>
    callAlone((arrays) => send({ text, values: arrays, shape: 'arrays' }), values)
  return { queries, share }
}

const countOf = ({ count }: Answer) => count

function serverIn({ hostname, port }: URL): Endpoint {
  return { address: hostname.replace(/^\[|\]$/g, '') || 'localhost', port: Number(port || 5432) }
}

/** Whether the server has answered with an error after which the connection still works. */
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
    // The client asks for a second socket in order to reconnect, which is not wanted.
    socket: async () => {
      if (isTaken) throw Object.assign(new Error('the connection to the database is closed'), { code: 'ECONNRESET' })
      isTaken = true
      return socket
    },
    max: 1,
    onclose,
    connect_timeout: 0,
    max_lifetime: null,
    fetch_types: false, // an extra statement per connection, for reading arrays, which the app does not
    onnotice: ignore,
    connection: {
      application_name: applicationName,
      TimeZone: 'UTC',
      DateStyle: 'ISO',
      statement_timeout: String(statementMs),
      // A process that hangs in the middle of a transaction must not keep its locks.
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
  // The event that follows, or the rejected promise, says the same.
}
