import { announceNoWait, announceWait } from './connection-wait.ts'
import { connectionState, DatabaseError } from './database-error.ts'
import type { PostgresConnection } from './postgres-connection.ts'
import { whenLate } from './when-late.ts'

interface Waiter {
  readonly serve: (connection: PostgresConnection) => void
  readonly refuse: (error: DatabaseError) => void
}

/** After a connection could not be opened, nobody tries again for so long. */
const PAUSE_MS = 200

/**
 * Up to `size` connections, each used by one piece of work at a time. They are opened one after the other
 * when they are needed. When none is left and none can be opened, whoever waits is refused at once, and so
 * is who comes within the next 200 ms: an outage costs a server five attempts a second, however many ask.
 */
export class PostgresPool {
  readonly #open: () => Promise<PostgresConnection>
  readonly #size: number
  readonly #waitMs: number
  readonly #connections = new Set<PostgresConnection>()
  #idle: PostgresConnection[] = []
  readonly #waiting = new Set<Waiter>()
  #isOpening = false
  #failure: { readonly error: DatabaseError; readonly until: number } | undefined
  #closing: Promise<void> | undefined
  #onQuiet: () => void = () => undefined

  /** @param waitMs how many milliseconds `use` waits for a connection that is free */
  constructor(open: () => Promise<PostgresConnection>, size: number, waitMs: number) {
    this.#open = open
    this.#size = size
    this.#waitMs = waitMs
  }

  /** Gives `work` a connection for itself until it is done. @throws DatabaseError when there is none */
  use<R>(work: (connection: PostgresConnection) => Promise<R>): Promise<R> {
    if (this.#closing !== undefined) {
      return Promise.reject(new DatabaseError('the database is closed', connectionState.cannotConnect))
    }
    const idle = this.#idle.pop()
    if (idle === undefined) return announceWait(() => this.#next()).then((connection) => this.#lend(connection, work))
    announceNoWait()
    return this.#lend(idle, work)
  }

  /** Takes in a connection that is already open. */
  add(connection: PostgresConnection): void {
    this.#connections.add(connection)
    connection.onBroken(() => this.#remove(connection))
    this.#release(connection)
  }

  /** Waits for the work that goes on, then closes all connections. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #next(): Promise<PostgresConnection> {
    if (this.#connections.size === 0 && this.#isPausing()) return Promise.reject(this.#failure?.error)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        serve: (connection) => {
          this.#waiting.delete(waiter)
          served()
          resolve(connection)
        },
        refuse: (error) => {
          this.#waiting.delete(waiter)
          served()
          reject(error)
        },
      }
      const served = whenLate(this.#waitMs, () => waiter.refuse(noneFree(this.#waitMs)))
      this.#waiting.add(waiter)
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
    const [waiter] = this.#waiting
    if (waiter) {
      waiter.serve(connection)
      return
    }
    this.#idle.push(connection)
    this.#tellIfQuiet()
  }

  #remove(connection: PostgresConnection): void {
    this.#connections.delete(connection)
    this.#idle = this.#idle.filter((other) => other !== connection)
    this.#openIfNeeded()
    this.#tellIfQuiet()
  }

  #openIfNeeded(): void {
    if (this.#waiting.size === 0 || this.#isOpening || this.#connections.size >= this.#size) return
    if (this.#isPausing()) {
      this.#refuseIfHopeless()
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
          // Also when the server refuses us: to who asks it makes no difference, and it may be mended.
          const error = new DatabaseError(message, connectionState.cannotConnect)
          this.#failure = { error, until: performance.now() + PAUSE_MS }
        },
      )
      .finally(() => {
        this.#isOpening = false
        this.#openIfNeeded()
        this.#tellIfQuiet()
      })
  }

  /** While there are other connections, those who wait will have one of them. */
  #refuseIfHopeless(): void {
    if (this.#connections.size > 0 || this.#failure === undefined) return
    for (const waiter of this.#waiting) waiter.refuse(this.#failure.error)
  }

  #isPausing(): boolean {
    return this.#failure !== undefined && performance.now() < this.#failure.until
  }

  #tellIfQuiet(): void {
    const isQuiet = this.#idle.length === this.#connections.size && this.#waiting.size === 0 && !this.#isOpening
    if (isQuiet) this.#onQuiet()
  }

  async #close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onQuiet = resolve
      this.#tellIfQuiet()
    })
    await Promise.all([...this.#connections].map((connection) => connection.close()))
  }
}

function noneFree(ms: number): DatabaseError {
  return new DatabaseError(`no connection to the database became free within ${ms} ms`, connectionState.cannotConnect)
}
