import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { ErrorReply } from 'redis'
import {
  announce,
  type CacheAnnouncement,
  type CacheCommand,
  channels,
  type Endpoint,
} from '../../phases/announcements.ts'
import { type Config, ConfigError } from '../config.ts'
import type { Cache, Cached } from './cache.ts'
import { type RedisClient, RedisConnection } from './redis-connection.ts'

type RedisSettings = Pick<Config, 'REDIS_URL' | 'REDIS_PASSWORD'>

/**
 * Change it whenever the format of cached values changes: versions of the app that run side by side during
 * a deployment must not read each other's values.
 */
const NAMESPACE = 'course-app:v1'
const GENERATION_KEY = `${NAMESPACE}:generation`

/**
 * A cache in Redis, shared by all processes of the app.
 *
 * A lost invalidation must not leave a stale value behind. Commands sent before or during an outage may be lost, so the
 * first thing after an outage is a new generation for the whole namespace, which makes all older entries count as
 * absent. Every process does this for itself, so it also covers a process that ended during the outage. One gap remains:
 * while this process cannot reach Redis and another one can, the other may read a value that this one has changed, until
 * the connection is back or the value's TTL is over.
 */
export class RedisCache implements Cache {
  readonly #connection: RedisConnection
  readonly #commands: Readonly<Record<CacheAnnouncement['operation'], CacheCommand>>

  private constructor(connection: RedisConnection, url: URL) {
    this.#connection = connection
    this.#commands = commandsTo(url)
  }

  /**
   * Connects. If Redis is unavailable, the cache works without it and uses it once it can be reached.
   *
   * @throws ConfigError when REDIS_URL is not a URL of Redis.
   */
  static async open(settings: RedisSettings, log: Pick<FastifyBaseLogger, 'info' | 'warn'>): Promise<RedisCache> {
    const url = urlOf(settings)
    const connection = new RedisConnection({ url, log, prepare })
    await connection.open()
    return new RedisCache(connection, url)
  }

  get<T extends object>(entity: string, key: string): Promise<Cached<T>> {
    const announcement = this.#announcement('GET', entity)
    return announce(channels.cache, announcement, async () => {
      try {
        const kept = await this.#connection.run((client) =>
          client.getOrLease(GENERATION_KEY, keyOf(entity, key), newLease(), LEASE_MS),
        )
        const cached: Cached<T> = kept.startsWith(LEASE) ? { lease: kept } : { value: JSON.parse(kept) as T }
        announcement.outcome = cached.value === undefined ? 'miss' : 'hit'
        return cached
      } catch (error) {
        noteFailure(announcement, error as Error)
        return {}
      }
    })
  }

  set(entity: string, key: string, lease: string, value: object, ttlSeconds: number): Promise<void> {
    const ttlMs = Math.ceil(ttlSeconds * 1000)
    return this.#run(this.#announcement('SET', entity), (client) =>
      client.replaceLease(GENERATION_KEY, keyOf(entity, key), lease, JSON.stringify(value), ttlMs),
    )
  }

  delete(entity: string, key: string): Promise<void> {
    return this.#run(this.#announcement('DEL', entity), (client) => client.del(keyOf(entity, key)))
  }

  async ping(): Promise<void> {
    await this.#connection.run((client) => client.ping(), PING_TIMEOUT_MS)
  }

  async close(): Promise<void> {
    this.#connection.close()
  }

  #run(announcement: CacheAnnouncement, work: (client: RedisClient) => Promise<unknown>): Promise<void> {
    return announce(channels.cache, announcement, async () => {
      try {
        await this.#connection.run(work)
        announcement.outcome = 'ok'
      } catch (error) {
        noteFailure(announcement, error as Error)
      }
    })
  }

  #announcement(operation: CacheAnnouncement['operation'], entity: string): CacheAnnouncement {
    return { operation, entity, system: 'redis', command: this.#commands[operation] }
  }
}

function commandsTo({ hostname, port, pathname }: URL): Record<CacheAnnouncement['operation'], CacheCommand> {
  const server: Endpoint = { address: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) }
  const namespace = pathname.slice(1) || '0'
  return {
    GET: { name: 'EVALSHA', script: 'getOrLease', server, namespace },
    SET: { name: 'EVALSHA', script: 'replaceLease', server, namespace },
    DEL: { name: 'DEL', server, namespace },
  }
}

/** For listeners only: the connection has logged the failure, and the caller goes on without the cache. */
function noteFailure(announcement: CacheAnnouncement, error: Error): void {
  announcement.outcome = 'error'
  const cause = error.cause instanceof Error ? error.cause : error
  announcement.failure = cause
  if (cause instanceof ErrorReply) announcement.statusCode = /^[A-Z]+/.exec(cause.message)?.[0]
}

/** Longer than any load takes. If the process that holds the lease dies, others load without caching until then. */
const LEASE_MS = 5000
const LEASE = 'lease:'
const PING_TIMEOUT_MS = 500

function keyOf(entity: string, key: string): string {
  return `${NAMESPACE}:${entity}:${key}`
}

function newLease(): string {
  return LEASE + randomUUID()
}

async function prepare(client: RedisClient, wasUnavailable: boolean): Promise<void> {
  if (wasUnavailable) await client.set(GENERATION_KEY, randomUUID())
  // Checks that Redis runs scripts and accepts writes, unlike a replica or a server that is out of memory.
  await client.getOrLease(GENERATION_KEY, `${NAMESPACE}:probe`, newLease(), 1)
}

function urlOf({ REDIS_URL = '', REDIS_PASSWORD }: RedisSettings): URL {
  const url = parse(REDIS_URL)
  if (url === undefined) {
    throw new ConfigError(
      'REDIS_URL',
      'is not the URL of a Redis server',
      'Set REDIS_URL to redis://host:port or redis://host:port/database-number, or leave it unset.',
    )
  }
  if (url.password === '' && REDIS_PASSWORD !== undefined) url.password = encodeURIComponent(REDIS_PASSWORD)
  return url
}

/** Undefined for a text that the client would refuse or misread. */
function parse(text: string): URL | undefined {
  try {
    const url = new URL(text)
    decodeURIComponent(url.username + url.password)
    return url.hostname !== '' && /^(\/\d*)?$/.test(url.pathname) ? url : undefined
  } catch {
    return undefined
  }
}
