import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import t, { type Test } from 'tap'
import type { CacheAnnouncement } from '../../phases/announcements.ts'
import type { Cache } from '../../src/platform/cache.ts'
import { MemoryCache } from '../../src/platform/memory-cache.ts'
import { RedisCache } from '../../src/platform/redis-cache.ts'
import { needsRedis, redisUrl } from '../../testkit/redis-server.ts'
import { waitFor } from '../../testkit/wait-for.ts'

interface Value {
  readonly list: { n: number }[]
}

const unusedLog = {
  info: () => undefined,
  warn: (fields: unknown) => {
    throw new Error(`a warning: ${JSON.stringify(fields)}`)
  },
}

t.test('a cache in memory', async (t) => {
  const cache = new MemoryCache()
  await behavesAsACache(t, cache, 'memory')

  t.test('is bounded: evicts the least recently used entry', async (t) => {
    const cache = new MemoryCache(2)
    await keep(cache, 'a')
    await keep(cache, 'b')
    await cache.get('course', 'a')
    await keep(cache, 'c')
    t.same(await valuesOf(cache, ['a', 'b', 'c']), [{}, undefined, {}])
  })

  t.test('misses do not evict entries', async (t) => {
    const cache = new MemoryCache(2)
    await keep(cache, 'a')
    for (let n = 0; n < 10; n++) await cache.get('course', `missing-${n}`)
    t.same(await valuesOf(cache, ['a']), [{}])
  })
})

t.test('a cache in Redis', needsRedis(), async (t) => {
  const cache = await RedisCache.open({ REDIS_URL: await redisUrl(t) }, unusedLog)
  t.teardown(() => cache.close())
  await behavesAsACache(t, cache, 'redis')
})

/** Tests for every kind of cache. */
async function behavesAsACache(t: Test, cache: Cache, system: CacheAnnouncement['system']): Promise<void> {
  t.test('returns a value by entity and key until it is deleted', async (t) => {
    await keep(cache, 'a', { n: 1 })
    await keep(cache, 'a', { n: 2 }, 'batch')
    t.same(await cache.get('course', 'a'), { value: { n: 1 } })
    t.same(await cache.get('batch', 'a'), { value: { n: 2 } })
    t.equal((await cache.get('course', 'b')).value, undefined)
    await cache.delete('course', 'a')
    await cache.delete('course', 'a')
    t.equal((await cache.get('course', 'a')).value, undefined)
    t.same(await cache.get('batch', 'a'), { value: { n: 2 } })
    await cache.ping()
  })

  t.test('returns any text unchanged', async (t) => {
    const value = { text: 'Zoë 漢字 🎓 \n\0 "lease:" %', none: null }
    await keep(cache, 'text %*\n', value)
    t.strictSame((await cache.get('course', 'text %*\n')).value, value)
  })

  t.test('values cannot be modified by callers', async (t) => {
    const value: Value = { list: [{ n: 1 }] }
    await keep(cache, 'outside', value)
    value.list.push({ n: 2 })
    const { value: cached } = await cache.get<Value>('course', 'outside')
    t.same(cached, { list: [{ n: 1 }] })
    tryTo(() => cached?.list.push({ n: 3 }))
    t.same((await cache.get('course', 'outside')).value, { list: [{ n: 1 }] })
  })

  t.test('expires entries', async (t) => {
    const { lease = '' } = await cache.get('course', 'short')
    await cache.set('course', 'short', lease, {}, 0.02)
    const isGone = async () => (await cache.get('course', 'short')).value === undefined
    t.ok(await waitFor('the value to go', isGone, { interval: 5 }))
  })

  t.test('all callers that miss get the same lease, until one stores a value', async (t) => {
    const leases = await Promise.all([1, 2, 3].map(() => cache.get('course', 'leased')))
    const [{ lease = '' } = {}] = leases
    t.type(lease, 'string')
    t.same(leases, [{ lease }, { lease }, { lease }])
    await cache.set('course', 'leased', lease, { n: 1 }, 60)
    await cache.set('course', 'leased', lease, { n: 2 }, 60)
    t.same(await cache.get('course', 'leased'), { value: { n: 1 } }, 'the first one')
  })

  t.test('a value read before a delete is not cached after it', async (t) => {
    const { lease: early = '' } = await cache.get('course', 'raced')
    await cache.delete('course', 'raced')
    await cache.set('course', 'raced', early, { n: 'old' }, 60)
    const { value, lease: late = '' } = await cache.get('course', 'raced')
    t.equal(value, undefined)
    t.not(late, early)
    await cache.set('course', 'raced', early, { n: 'old' }, 60)
    await cache.set('course', 'raced', late, { n: 'new' }, 60)
    await cache.set('course', 'raced', early, { n: 'old' }, 60)
    t.same(await cache.get('course', 'raced'), { value: { n: 'new' } })
  })

  t.test('announces each command with its outcome, and never the key', async (t) => {
    const heard: CacheAnnouncement[] = []
    const onEnd = (message: unknown) => heard.push(message as CacheAnnouncement)
    subscribe('tracing:course-app:cache:asyncEnd', onEnd)
    t.teardown(() => unsubscribe('tracing:course-app:cache:asyncEnd', onEnd))
    await keep(cache, 'secret')
    await cache.get('course', 'secret')
    await cache.delete('course', 'secret')
    t.same(
      heard.map(({ operation, entity, outcome }) => [operation, entity, outcome]),
      [
        ['GET', 'course', 'miss'],
        ['SET', 'course', 'ok'],
        ['GET', 'course', 'hit'],
        ['DEL', 'course', 'ok'],
      ],
    )
    t.ok(heard.every((announcement) => announcement.system === system))
    t.notMatch(JSON.stringify(heard), /secret/)
  })
}

async function keep(cache: Cache, key: string, value: object = {}, entity = 'course'): Promise<void> {
  const { lease = '' } = await cache.get(entity, key)
  await cache.set(entity, key, lease, value, 60)
}

async function valuesOf(cache: Cache, keys: readonly string[]): Promise<unknown[]> {
  const found = await Promise.all(keys.map((key) => cache.get('course', key)))
  return found.map(({ value }) => value)
}

/** A frozen value throws; the caller's own copy may change. */
function tryTo(change: () => unknown): void {
  try {
    change()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}
