/** The result of `get`: a value, or a lease with which to store one, or neither when the cache is unavailable. */
export interface Cached<T> {
  /** Shared or a copy: do not change it. */
  readonly value?: Readonly<T>
  /**
   * Stands for "not deleted since". All callers that miss, in any process, get the same lease until a value is stored,
   * the key is deleted or the lease expires.
   */
  readonly lease?: string
}

/**
 * Stores JSON values with a TTL. It may lose any value at any time, so it never has the only copy. Every command is
 * announced on `channels.cache`. `get`, `set` and `delete` never reject: an unavailable cache has no values, stores none,
 * and the announcement's outcome says so.
 *
 * Leases make it safe to fill the cache from a database that others change. Without them, A misses and reads the old row,
 * B commits a new row and deletes the key, and then A stores the old row. With them, B's `delete` ends A's lease, and A's
 * `set` does nothing.
 */
export interface Cache {
  /** @param entity the kind of value, a constant of the code: `course` */
  get<T extends object>(entity: string, key: string): Promise<Cached<T>>
  /**
   * Stores a copy of `value`, unless `lease` has ended.
   *
   * @param lease from the `get` that preceded reading `value`
   */
  set(entity: string, key: string, lease: string, value: object, ttlSeconds: number): Promise<void>
  /** Deletes the value and ends its lease. Call it after the commit. */
  delete(entity: string, key: string): Promise<void>
  /** Resolves when the cache answers. */
  ping(): Promise<void>
  close(): Promise<void>
}
