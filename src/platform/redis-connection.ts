import { AsyncResource } from 'node:async_hooks'
import type { FastifyBaseLogger } from 'fastify'
import { createClient } from 'redis'
import { scripts } from './redis-scripts.ts'
import { whenLate } from './when-late.ts'

export type RedisClient = ReturnType<typeof newClient>

export interface RedisConnectionOptions {
  /** With credentials and database number, if any. */
  readonly url: URL
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>
  /**
   * Runs on each new connection before anybody else may use it; when it fails, so does the connection.
   * It has as much time as a command.
   *
   * @param wasAway whether commands may have been lost since the last connection
   */
  readonly prepare: (client: RedisClient, wasAway: boolean) => Promise<unknown>
}

/**
 * One connection to Redis that is either known to work or not used at all: the first failure of any kind,
 * a command without an answer in time among them, ends it for every command. From then on commands fail
 * at once, while a new connection is tried in the background. The log has one warning per outage, and one
 * line when it is over.
 *
 * The client's own reconnecting is turned off. It knows nothing of a server that accepts connections and
 * does not answer, and its timeout covers only commands that are not written yet.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions
  // A request's failure may be what starts a reconnect, but the request has no part in what comes of it:
  // outside of its context, its id is not on those log lines.
  readonly #outside = new AsyncResource('redis-connection')
  #client: RedisClient | undefined
  #connectedAt = 0
  #answers = 0
  /** Why there is no client. */
  #problem = new Error('Redis is not connected yet')
  #isAway = false
  #isClosed = false
  #attempt = new AbortController()
  #retry: NodeJS.Timeout | undefined

  constructor(options: RedisConnectionOptions) {
    this.#options = options
  }

  /** Resolves when the first attempt has succeeded or failed, at the latest after `CONNECT_TIMEOUT_MS`. */
  async open(): Promise<void> {
    await this.#outside.runInAsyncScope(() => this.#connect(FIRST_RETRY_MS))
  }

  /**
   * Runs commands. Rejects when Redis is away, when it refuses, and when it has answered nothing for `timeoutMs`.
   * As long as it answers others, it is only busy: to call it away then would send all of the load that makes
   * it busy to the database.
   */
  async run<R>(work: (client: RedisClient) => Promise<R>, timeoutMs = COMMAND_TIMEOUT_MS): Promise<R> {
    const client = this.#client
    if (client === undefined) throw this.#problem
    // Losing the client makes it reject whatever it has not answered.
    const late = () => this.#lose(client, new Error(`Redis did not answer in ${timeoutMs} ms`))
    const inTime = whenLate(timeoutMs, late, () => this.#answers)
    try {
      const reply = await work(client)
      this.#answers++
      return reply
    } catch (error) {
      this.#lose(client, error as Error)
      throw this.#problem
    } finally {
      inTime()
    }
  }

  /** Ends it at once, whatever Redis does. Commands that have no answer yet fail. */
  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
    this.#attempt.abort()
    this.#client?.destroy()
    this.#client = undefined
    this.#problem = new Error('the connection to Redis is closed')
  }

  #lose(client: RedisClient, error: Error): void {
    if (this.#client !== client) return // already lost
    this.#client = undefined
    this.#fail(error)
    client.destroy()
    // Should it work only for moments, then not all the time is spent on connecting.
    const wasStable = performance.now() - this.#connectedAt > LONGEST_RETRY_MS
    this.#outside.runInAsyncScope(() => this.#retryIn(wasStable ? 0 : LONGEST_RETRY_MS))
  }

  #fail(error: Error): void {
    this.#problem = explain(error)
    if (this.#isAway || this.#isClosed) return
    this.#isAway = true
    this.#outside.runInAsyncScope(() =>
      this.#options.log.warn(
        { reason: this.#problem.message },
        'Redis cannot be used; reads go to the database until it is back',
      ),
    )
  }

  #retryIn(ms: number): void {
    const next = Math.min(LONGEST_RETRY_MS, Math.max(FIRST_RETRY_MS, 2 * ms))
    // Spread out, so that many processes do not all come back in the same moment.
    this.#retry = setTimeout(() => void this.#connect(next), ms * (0.5 + Math.random() / 2))
  }

  async #connect(nextRetryMs: number): Promise<void> {
    this.#attempt = new AbortController()
    const client = newClient(this.#options.url, this.#attempt.signal)
    client.on('error', (error: Error) => this.#lose(client, error))
    try {
      await this.#prepare(client)
    } catch (error) {
      client.destroy()
      if (this.#isClosed) return
      this.#fail(error as Error)
      this.#retryIn(nextRetryMs)
      return
    }
    this.#client = client
    this.#connectedAt = performance.now()
    if (this.#isAway) this.#options.log.info('Redis can be used again')
    this.#isAway = false
  }

  async #prepare(client: RedisClient): Promise<void> {
    const giveUp = (ms: number, what: string) =>
      whenLate(ms, () => {
        // `destroy` reaches the handshake and commands, the signal a socket that is still connecting.
        client.destroy()
        this.#attempt.abort(new Error(`Redis did not answer ${what} in ${ms} ms`))
      })
    let inTime = giveUp(CONNECT_TIMEOUT_MS, 'a new connection')
    try {
      await client.connect()
      inTime()
      inTime = giveUp(COMMAND_TIMEOUT_MS, 'the first commands')
      await this.#options.prepare(client, this.#isAway)
      this.#attempt.signal.throwIfAborted()
    } catch (error) {
      this.#attempt.signal.throwIfAborted()
      throw error
    } finally {
      inTime()
    }
  }
}

/** A request runs at most two commands, one to read and one to keep, so Redis costs it 50 ms at most. */
const COMMAND_TIMEOUT_MS = 25
const CONNECT_TIMEOUT_MS = 400
const FIRST_RETRY_MS = 25
/** With `CONNECT_TIMEOUT_MS` less than a second: a Redis that is back is used within that. */
const LONGEST_RETRY_MS = 400

function newClient(url: URL, signal: AbortSignal) {
  return createClient({
    url: url.href,
    scripts,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    commandOptions: { timeout: 0 }, // `whenLate` watches; the client's own costs an AbortSignal per command
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS, signal },
  })
}

function explain(error: Error): Error {
  // Several addresses that all failed are an AggregateError, whose message is empty.
  const reason = error.message || (error as NodeJS.ErrnoException).code || error.name
  if (!/^(WRONGPASS|NOAUTH|ERR AUTH)/.test(reason)) return new Error(reason, { cause: error })
  return new Error(`Redis refuses the password: check REDIS_PASSWORD and REDIS_URL (${reason})`, { cause: error })
}
