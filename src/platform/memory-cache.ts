import { LRUCache } from 'lru-cache'
import { announce, type CacheAnnouncement, channels } from '../../phases/announcements.ts'
import type { Cache, Cached } from './cache.ts'

/** A cache in this process's own memory. When full, it evicts the least recently used entry. */
export class MemoryCache implements Cache {
  readonly #entries: LRUCache<string, object>
  /** Separate from the entries, so that requests for missing courses evict none of them. */
  readonly #leases: LRUCache<string, string>
  #lastLease = 0

  /** @param maxEntries bounds the memory: a course with its batches takes about 2 kB */
  constructor(maxEntries = 5000) {
    this.#entries = new LRUCache({ max: maxEntries })
    this.#leases = new LRUCache({ max: maxEntries })
  }

  get<T extends object>(entity: string, key: string): Promise<Cached<T>> {
    const announcement: CacheAnnouncement = { operation: 'GET', entity, system: 'memory' }
    return announce(channels.cache, announcement, async () => {
      const value = this.#entries.get(`${entity}:${key}`) as T | undefined
      announcement.outcome = value === undefined ? 'miss' : 'hit'
      return value === undefined ? { lease: this.#lease(`${entity}:${key}`) } : { value }
    })
  }

  set(entity: string, key: string, lease: string, value: object, ttlSeconds: number): Promise<void> {
    const announcement: CacheAnnouncement = { operation: 'SET', entity, system: 'memory' }
    return announce(channels.cache, announcement, async () => {
      announcement.outcome = 'ok'
      if (this.#leases.get(`${entity}:${key}`) !== lease) return
      this.#leases.delete(`${entity}:${key}`)
      // Copied and frozen here, so that reads can return the object itself.
      const copy = freeze(JSON.parse(JSON.stringify(value)) as object)
      this.#entries.set(`${entity}:${key}`, copy, { ttl: ttlSeconds * 1000 })
    })
  }

  delete(entity: string, key: string): Promise<void> {
    const announcement: CacheAnnouncement = { operation: 'DEL', entity, system: 'memory' }
    return announce(channels.cache, announcement, async () => {
      this.#entries.delete(`${entity}:${key}`)
      this.#leases.delete(`${entity}:${key}`)
      announcement.outcome = 'ok'
    })
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.#entries.clear()
    this.#leases.clear()
  }

  /** The current lease, or a new one. */
  #lease(entry: string): string {
    const current = this.#leases.get(entry)
    if (current !== undefined) return current
    const lease = String(++this.#lastLease)
    this.#leases.set(entry, lease)
    return lease
  }
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) freeze(inner)
  }
  return Object.freeze(value)
}
