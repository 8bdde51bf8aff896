/** What `get` found: a value, or else a lease with which to keep one, or neither when the cache is away. */
export interface Cached<T> {
  /** Nobody can change what others get through it. */
  readonly value?: Readonly<T>
  /**
   * Stands for "nothing has been deleted since". It is the same for all who miss, in whichever process,
   * until a value is kept, the key is deleted or the lease's time is over.
   */
  readonly lease?: string
}

/**
 * Keeps JSON values for a while. It may lose any of them at any time, so it is never the only place
 * that has one. Every command is announced on `channels.cache`. None of `get`, `set` and `delete` rejects:
 * a cache that is away has nothing, keeps nothing and says so in the announcement's outcome.
 *
 * Leases are what makes it safe to fill from a database that others change. Without them A misses and reads
 * the old row, B commits a new one and deletes the key, and then A keeps the old row. With them B's `delete`
 * ends the lease that A got before it read, and A's `set` does nothing.
 */
export interface Cache {
  /** @param entity what is cached, a constant of the code: `course` */
  get<T extends object>(entity: string, key: string): Promise<Cached<T>>
  /**
   * Keeps a copy of `value`, unless `lease` has ended. Later changes to `value` do not reach it.
   *
   * @param lease what `get` gave before `value` was read from where it comes from
   */
  set(entity: string, key: string, lease: string, value: object, ttlSeconds: number): Promise<void>
  /** Drops the value, and ends the lease on it. Call it after the commit of what it was read from. */
  delete(entity: string, key: string): Promise<void>
  /** Resolves when the cache answers. */
  ping(): Promise<void>
  close(): Promise<void>
}
