import { announce, announceEnd, channels } from '../../phases/announcements.ts'
import { connectionState, DatabaseError } from './database-error.ts'
import type { PostgresConnection } from './postgres-connection.ts'
import { startStallTimeout } from './stall-timeout.ts'
import { system } from './statement.ts'

interface Waiter {
  readonly serve: (connection: PostgresConnection) => void
  readonly reject: (error: DatabaseError) => void
}

/** How long the pool pauses after a failed attempt to connect. */
const PAUSE_MS = 200

/**
 * Up to `size` connections, each used by one piece of work at a time, and opened one after the other on demand. When
 * none is left and none can be opened, all callers in the queue fail at once, and so do callers in the next 200 ms: an
 * outage costs the server five connection attempts a second, whatever the load.
 */
export class PostgresPool {
  readonly #open: () => Promise<PostgresConnection>
  readonly #size: number
  readonly #waitMs: number
  readonly #connections = new Set<PostgresConnection>()
  #idle: PostgresConnection[] = []
  readonly #queue = new Set<Waiter>()
  #isOpening = false
  #failure: { readonly error: DatabaseError; readonly until: number } | undefined
  #closing: Promise<void> | undefined
  #onIdle: (() => void) | undefined

  /** @param waitMs milliseconds that `use` waits for a free connection */
  constructor(open: () => Promise<PostgresConnection>, size: number, waitMs: number) {
    this.#open = open
    this.#size = size
    this.#waitMs = waitMs
  }

  /** Runs `work` with a connection of its own. @throws DatabaseError when there is none */
  use<R>(work: (connection: PostgresConnection) => Promise<R>): Promise<R> {
    if (this.#closing !== undefined) {
      return Promise.reject(new DatabaseError('the database is closed', connectionState.cannotConnect))
    }
    const idle = this.#idle.pop()
    if (idle === undefined) {
      const wait = announce(channels.connection, { system, waited: true }, () => this.#enqueue())
      return wait.then((connection) => this.#lend(connection, work))
    }
    announceEnd(channels.connection, { system, waited: false })
    return this.#lend(idle, work)
  }

  /** Adds a connection that is already open. */
  add(connection: PostgresConnection): void {
    this.#connections.add(connection)
    connection.onBroken(() => this.#remove(connection))
    this.#release(connection)
  }

  /** Waits for running work, then closes all connections. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #enqueue(): Promise<PostgresConnection> {
    if (this.#connections.size === 0 && this.#isPausing()) return Promise.reject(this.#failure?.error)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        serve: (connection) => {
          this.#queue.delete(waiter)
          clear()
          resolve(connection)
        },
        reject: (error) => {
          this.#queue.delete(waiter)
          clear()
          reject(error)
        },
      }
      const clear = startStallTimeout(this.#waitMs, () => waiter.reject(noneFree(this.#waitMs)))
      this.#queue.add(waiter)
      this.#openIfNeeded()
    })
  }

  #lend<R>(connection: PostgresConnection, work: (connection: PostgresConnection) => Promise<R>): Promise<R> {
    const result = work(connection)
    const done = () => this.#release(connection)
    result.then(done, done)
    return result
  }

  #release(connection: PostgresConnection): void {
    if (connection.isBroken) return
    const [waiter] = this.#queue
    if (waiter) {
      waiter.serve(connection)
      return
    }
    this.#idle.push(connection)
    this.#checkIdle()
  }

  #remove(connection: PostgresConnection): void {
    this.#connections.delete(connection)
    this.#idle = this.#idle.filter((other) => other !== connection)
    this.#openIfNeeded()
    this.#checkIdle()
  }

  #openIfNeeded(): void {
    if (this.#queue.size === 0 || this.#isOpening || this.#connections.size >= this.#size) return
    if (this.#isPausing()) {
      this.#rejectQueue()
      return
    }
    this.#isOpening = true
    this.#open()
      .then(
        (connection) => {
          this.#failure = undefined
          this.add(connection)
        },
        ({ message }: DatabaseError) => {
          // Also for a wrong password: it makes no difference to the caller, and may be corrected while the app runs.
          const error = new DatabaseError(message, connectionState.cannotConnect)
          this.#failure = { error, until: performance.now() + PAUSE_MS }
        },
      )
      .finally(() => {
        this.#isOpening = false
        this.#openIfNeeded()
        this.#checkIdle()
      })
  }

  /** Unless another connection will become free for the callers in the queue. */
  #rejectQueue(): void {
    if (this.#connections.size > 0 || this.#failure === undefined) return
    for (const waiter of this.#queue) waiter.reject(this.#failure.error)
  }

  #isPausing(): boolean {
    return this.#failure !== undefined && performance.now() < this.#failure.until
  }

  #checkIdle(): void {
    if (this.#onIdle === undefined || this.#queue.size > 0 || this.#isOpening) return
    if (this.#idle.length === this.#connections.size) this.#onIdle()
  }

  async #close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
      this.#checkIdle()
    })
    await Promise.all([...this.#connections].map((connection) => connection.close()))
  }
}

function noneFree(ms: number): DatabaseError {
  return new DatabaseError(`no connection to the database became free within ${ms} ms`, connectionState.cannotConnect)
}
