import { AsyncResource } from 'node:async_hooks'
import type { FastifyBaseLogger } from 'fastify'
import { createClient } from 'redis'
import { scripts } from './redis-scripts.ts'
import { startStallTimeout } from './stall-timeout.ts'

export type RedisClient = ReturnType<typeof newClient>

export interface RedisConnectionOptions {
  /** With credentials and database number, if any. */
  readonly url: URL
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>
  /**
   * Runs on each new connection before any command; when it fails, so does the connection. It has the timeout of a
   * command.
   *
   * @param wasUnavailable whether commands may have been lost since the last connection
   */
  readonly prepare: (client: RedisClient, wasUnavailable: boolean) => Promise<unknown>
}

/**
 * One connection to Redis, used only while it works: the first failure, a command that times out included, closes it for
 * all commands. Commands then fail at once, while a new connection is tried in the background. An outage costs one
 * warning in the log, and one line when it is over.
 *
 * The client's own reconnecting is turned off. It does not detect a server that accepts connections and never answers,
 * and its timeout covers only commands that have not been written yet.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions
  // A request's failure may start a reconnect. Outside the request's context, its id is not on the log lines of that.
  readonly #outside = new AsyncResource('redis-connection')
  #client: RedisClient | undefined
  #connectedAt = 0
  #answers = 0
  /** Why `#client` is undefined. */
  #problem = new Error('Redis is not connected yet')
  #isUnavailable = false
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
   * Runs commands. Rejects when Redis is unavailable, when it refuses, and when it has answered no command at all for
   * `timeoutMs`. While it answers other commands it is only busy; giving up on it would send its load to the database.
   */
  async run<R>(work: (client: RedisClient) => Promise<R>, timeoutMs = COMMAND_TIMEOUT_MS): Promise<R> {
    const client = this.#client
    if (client === undefined) throw this.#problem
    // Losing the client rejects its commands in flight.
    const onStall = () => this.#lose(client, new Error(`Redis did not answer in ${timeoutMs} ms`))
    const clear = startStallTimeout(timeoutMs, onStall, () => this.#answers)
    try {
      const reply = await work(client)
      this.#answers++
      return reply
    } catch (error) {
      this.#lose(client, error as Error)
      throw this.#problem
    } finally {
      clear()
    }
  }

  /** Closes the connection at once. Commands in flight fail. */
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
    // After a short-lived connection, pause: otherwise a flapping server would be reconnected to all the time.
    const wasStable = performance.now() - this.#connectedAt > LONGEST_RETRY_MS
    this.#outside.runInAsyncScope(() => this.#retryIn(wasStable ? 0 : LONGEST_RETRY_MS))
  }

  #fail(error: Error): void {
    this.#problem = explain(error)
    if (this.#isUnavailable || this.#isClosed) return
    this.#isUnavailable = true
    this.#outside.runInAsyncScope(() =>
      this.#options.log.warn(
        { reason: this.#problem.message },
        'Redis cannot be used; reads go to the database until it is back',
      ),
    )
  }

  #retryIn(ms: number): void {
    const next = Math.min(LONGEST_RETRY_MS, Math.max(FIRST_RETRY_MS, 2 * ms))
    // With jitter, so that many processes do not reconnect at the same moment.
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
    if (this.#isUnavailable) this.#options.log.info('Redis can be used again')
    this.#isUnavailable = false
  }

  async #prepare(client: RedisClient): Promise<void> {
    const startTimeout = (ms: number, what: string) =>
      startStallTimeout(ms, () => {
        // `destroy` reaches the handshake and commands, the signal a socket that is still connecting.
        client.destroy()
        this.#attempt.abort(new Error(`Redis did not answer ${what} in ${ms} ms`))
      })
    let clear = startTimeout(CONNECT_TIMEOUT_MS, 'a new connection')
    try {
      await client.connect()
      clear()
      clear = startTimeout(COMMAND_TIMEOUT_MS, 'the first commands')
      await this.#options.prepare(client, this.#isUnavailable)
      this.#attempt.signal.throwIfAborted()
    } catch (error) {
      this.#attempt.signal.throwIfAborted()
      throw error
    } finally {
      clear()
    }
  }
}

/** A request runs at most two commands, a read and a write, so Redis delays it by 50 ms at most. */
const COMMAND_TIMEOUT_MS = 25
const CONNECT_TIMEOUT_MS = 400
const FIRST_RETRY_MS = 25
/** Together with `CONNECT_TIMEOUT_MS` less than a second, within which a restarted Redis is used again. */
const LONGEST_RETRY_MS = 400

function newClient(url: URL, signal: AbortSignal) {
  return createClient({
    url: url.href,
    scripts,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    commandOptions: { timeout: 0 }, // `run` has a timeout; the client's own costs an AbortSignal per command
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS, signal },
  })
}

function explain(error: Error): Error {
  // Several addresses that all failed are an AggregateError, whose message is empty.
  const reason = error.message || (error as NodeJS.ErrnoException).code || error.name
  if (!/^(WRONGPASS|NOAUTH|ERR AUTH)/.test(reason)) return new Error(reason, { cause: error })
  return new Error(`Redis refuses the password: check REDIS_PASSWORD and REDIS_URL (${reason})`, { cause: error })
}
