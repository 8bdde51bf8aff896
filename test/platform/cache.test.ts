import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import t from 'tap'
import { MemoryCache } from '../../src/platform/memory-cache.ts'
import type { CacheSignal } from '../../src/signals.ts'
import { waitFor } from '../support/wait-for.ts'

interface Value {
  readonly list: { n: number }[]
}

t.test('a cache in memory', async (t) => {
  t.test('gives what was set, by entity and key, until it is deleted', async (t) => {
    const cache = new MemoryCache()
    await cache.set('course', 'a', { n: 1 }, 60)
    await cache.set('batch', 'a', { n: 2 }, 60)
    t.same(await cache.get('course', 'a'), { n: 1 })
    t.same(await cache.get('batch', 'a'), { n: 2 })
    t.equal(await cache.get('course', 'b'), undefined)
    await cache.delete('course', 'a')
    await cache.delete('course', 'a')
    t.equal(await cache.get('course', 'a'), undefined)
    t.same(await cache.get('batch', 'a'), { n: 2 })
    await cache.ping()
  })

  t.test('cannot be changed from outside', async (t) => {
    const cache = new MemoryCache()
    const value: Value = { list: [{ n: 1 }] }
    await cache.set('course', 'a', value, 60)
    value.list.push({ n: 2 })
    const cached = (await cache.get<Value>('course', 'a')) as Value
    t.same(cached, { list: [{ n: 1 }] })
    t.throws(() => cached.list.push({ n: 3 }), TypeError)
    t.throws(() => {
      ;(cached.list[0] as { n: number }).n = 4
    }, TypeError)
    t.same(await cache.get('course', 'a'), { list: [{ n: 1 }] })
  })

  t.test('forgets after the given time', async (t) => {
    const cache = new MemoryCache()
    await cache.set('course', 'a', {}, 0.02)
    const isGone = async () => (await cache.get('course', 'a')) === undefined
    t.ok(await waitFor('the value to go', isGone, { interval: 5 }))
  })

  t.test('is bounded: what was used longest ago goes', async (t) => {
    const cache = new MemoryCache(2)
    await cache.set('course', 'a', {}, 60)
    await cache.set('course', 'b', {}, 60)
    await cache.get('course', 'a')
    await cache.set('course', 'c', {}, 60)
    t.same(await Promise.all(['a', 'b', 'c'].map((key) => cache.get('course', key))), [{}, undefined, {}])
  })

  t.test('announces each command with its outcome, and never the key', async (t) => {
    const heard: CacheSignal[] = []
    const onEnd = (message: unknown) => heard.push(message as CacheSignal)
    subscribe('tracing:course-app:cache:asyncEnd', onEnd)
    t.teardown(() => unsubscribe('tracing:course-app:cache:asyncEnd', onEnd))
    const cache = new MemoryCache()
    await cache.get('course', 'secret')
    await cache.set('course', 'secret', {}, 60)
    await cache.get('course', 'secret')
    await cache.delete('course', 'secret')
    t.same(
      heard.map(({ operation, entity, system, outcome }) => [operation, entity, system, outcome]),
      [
        ['GET', 'course', 'memory', 'miss'],
        ['SET', 'course', 'memory', 'ok'],
        ['GET', 'course', 'memory', 'hit'],
        ['DEL', 'course', 'memory', 'ok'],
      ],
    )
    t.notMatch(JSON.stringify(heard), /secret/)
  })
})
