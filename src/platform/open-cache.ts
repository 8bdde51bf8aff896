import type { FastifyBaseLogger } from 'fastify'
import fp from 'fastify-plugin'
import type { Config } from '../config.ts'
import type { Cache } from './cache.ts'
import { MemoryCache } from './memory-cache.ts'

declare module 'fastify' {
  interface FastifyInstance {
    cache: Cache
  }
}

/** Decorates the app with `app.cache`, and closes it with the app. */
export const cache = fp<{ config: Config }>(
  async (app, { config }) => {
    const opened = await openCache(config, app.log)
    app.decorate('cache', opened)
    app.addHook('onClose', () => opened.close())
  },
  { name: 'cache' },
)

async function openCache(config: Config, log: FastifyBaseLogger): Promise<Cache> {
  if (config.REDIS_URL === undefined) return new MemoryCache()
  // Loaded on demand: without Redis, the client would only slow down the start.
  const { RedisCache } = await import('./redis-cache.ts')
  return RedisCache.open(config, log)
}
