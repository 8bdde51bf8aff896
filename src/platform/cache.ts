import fp from 'fastify-plugin'
import type { Config } from '../config.ts'
import { MemoryCache } from './memory-cache.ts'

declare module 'fastify' {
  interface FastifyInstance {
    cache: Cache
  }
}

/**
 * Keeps JSON values for a while. It may lose any of them at any time, so it is never the only place
 * that has one. Every command is announced on `signals.cache`. None of `get`, `set` and `delete` rejects:
 * a cache that is away has nothing, keeps nothing and says so in the announcement's outcome.
 */
export interface Cache {
  /**
   * @param entity what is cached, a constant of the code: `course`
   * @returns the value, which nobody can change, or undefined
   */
  get<T extends object>(entity: string, key: string): Promise<Readonly<T> | undefined>
  /** Keeps a copy of `value`. Later changes to `value` do not reach it. */
  set(entity: string, key: string, value: object, ttlSeconds: number): Promise<void>
  delete(entity: string, key: string): Promise<void>
  /** Resolves when the cache answers. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Decorates the app with `app.cache`, and closes it with the app. */
export const cache = fp<{ config: Config }>(
  async (app) => {
    const opened: Cache = new MemoryCache()
    app.decorate('cache', opened)
    app.addHook('onClose', () => opened.close())
  },
  { name: 'cache' },
)
