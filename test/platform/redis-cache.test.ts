import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createClient } from 'redis'
import t, { type Test } from 'tap'
import type { CacheAnnouncement, Progress } from '../../phases/announcements.ts'
import { ConfigError } from '../../src/config.ts'
import { RedisCache } from '../../src/platform/redis-cache.ts'
import { needs } from '../../testkit/installed.ts'
import { type RedisServer, startRedis } from '../../testkit/redis-server.ts'
import { waitFor } from '../../testkit/wait-for.ts'

/** Timeout of a command, in milliseconds. */
const PATIENCE = 50

t.test('Redis is unavailable at first', needs('redis-server'), async (t) => {
  const redis = await startRedis(t)
  await redis.stop()
  const { cache, log } = await openCache(t, redis)
  logged(t, log, ['warn', /ECONNREFUSED/])
  t.same(await cache.get('course', 'a'), {})
  await t.rejects(cache.ping(), /ECONNREFUSED/)
  await redis.start()
  await works(t, cache)
  logged(t, log, ['warn', /./], ['info', /^Redis can be used again$/])
  await cache.ping()
})

t.test('Redis dies and recovers', needs('redis-server'), async (t) => {
  const redis = await startRedis(t)
  const { cache, log } = await openCache(t, redis)
  for (let outage = 1; outage <= 2; outage++) {
    await works(t, cache)
    await redis.stop()
    t.same(await outcomesOf(t, () => useAll(cache)), new Set(['error']))
    await t.rejects(cache.ping())
    t.equal(log.length, 2 * outage - 1, 'one warning')
    await redis.start()
    const since = performance.now()
    await works(t, cache)
    t.ok(performance.now() - since < 2000, `used again after ${Math.round(performance.now() - since)} ms`)
  }
  t.same(
    log.map(([level]) => level),
    ['warn', 'info', 'warn', 'info'],
  )
})

t.test('Redis hangs and recovers', needs('redis-server'), async (t) => {
  const redis = await startRedis(t)
  const { cache, log } = await openCache(t, redis)
  await works(t, cache)
  redis.pause()
  t.same(await outcomesOf(t, () => useAll(cache)), new Set(['error']), 'many at once, each cut off in time')
  t.same(await outcomesOf(t, () => useAll(cache)), new Set(['error']))
  await t.rejects(cache.ping(), /did not answer/)
  logged(t, log, ['warn', /did not answer in \d+ ms/])
  const quick = performance.now()
  for (let n = 0; n < 100; n++) await cache.get('course', 'a')
  t.ok(performance.now() - quick < 500, 'while known to be unavailable, it costs nothing')
  redis.resume()
  const since = performance.now()
  await works(t, cache)
  t.ok(performance.now() - since < 2000, `used again after ${Math.round(performance.now() - since)} ms`)
  logged(t, log, ['warn', /./], ['info', /^Redis can be used again$/])
})

t.test('a busy process does not consider Redis down', needs('redis-server'), async (t) => {
  const { cache, log } = await openCache(t, await startRedis(t))
  await works(t, cache)
  for (let n = 0; n < 5; n++) {
    const asked = cache.get('course', 'a')
    for (let turn = 0; turn < n; turn++) await new Promise((resolve) => setImmediate(resolve))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60) // simulates a long computation
    t.match(await asked, { lease: /./ })
  }
  const answers = await Promise.all(Array.from({ length: 5000 }, () => cache.get('course', 'a')))
  t.ok(
    answers.every(({ lease }) => lease !== undefined),
    'more at once than it can answer in time',
  )
  logged(t, log)
})

t.test('an invalidation lost in an outage', needs('redis-server'), async (t) => {
  const redis = await startRedis(t)
  const { cache: writer } = await openCache(t, redis)
  const { cache: reader } = await openCache(t, redis)
  const { lease = '' } = await reader.get('course', 'a')
  await reader.set('course', 'a', lease, { n: 'old' }, 60)
  t.same(await writer.get('course', 'a'), { value: { n: 'old' } })
  const { lease: early = '' } = await reader.get('course', 'b')
  await send(redis, 'SAVE')
  await redis.stop()
  await writer.delete('course', 'a')
  await writer.delete('course', 'b')
  await redis.start()
  t.match(await send(redis, 'GET', 'course-app:v1:course:a'), /old/, 'the old value is back')
  for (const cache of [reader, writer]) {
    await waitFor('the cache to be used again', () => cache.ping().then(() => true))
    t.match(await cache.get('course', 'a'), { lease: /./ }, 'but it is not returned')
  }
  await reader.set('course', 'b', early, { n: 'old' }, 60)
  t.match(await reader.get('course', 'b'), { value: undefined }, 'and a lease from before it is over too')
})

t.test('a password', needs('redis-server'), async (t) => {
  const REDIS_PASSWORD = 'p@ss:w/ö rd%41#?'
  const redis = await startRedis(t, { password: REDIS_PASSWORD })
  const known = await openCache(t, redis, { REDIS_PASSWORD })
  await works(t, known.cache)
  t.same(known.log, [])

  const inUrl = `redis://:${encodeURIComponent(REDIS_PASSWORD)}@${new URL(redis.url).host}/3`
  await works(t, (await openCache(t, redis, { REDIS_URL: inUrl, REDIS_PASSWORD: 'the one in the URL counts' })).cache)

  for (const wrong of [{}, { REDIS_PASSWORD: 'wrong' }]) {
    const { cache, log } = await openCache(t, redis, wrong)
    t.same(await cache.get('course', 'a'), {})
    await t.rejects(cache.ping(), /refuses the password: check REDIS_PASSWORD/)
    logged(t, log, ['warn', /refuses the password: check REDIS_PASSWORD/])
    t.notMatch(JSON.stringify(log), /"wrong"/)
  }
})

t.test('a Redis that accepts no writes counts as unavailable', needs('redis-server'), async (t) => {
  const redis = await startRedis(t)
  const { cache, log } = await openCache(t, redis)
  await works(t, cache)
  await send(redis, 'CONFIG', 'SET', 'maxmemory', '1')
  for (let n = 0; n < 20; n++) t.same(await cache.get('course', `full-${n}`), {})
  logged(t, log, ['warn', /OOM/])
  await send(redis, 'CONFIG', 'SET', 'maxmemory', '0')
  await works(t, cache)
  logged(t, log, ['warn', /./], ['info', /./])
})

t.test('works after Redis has lost its scripts', needs('redis-server'), async (t) => {
  const redis = await startRedis(t)
  const { cache, log } = await openCache(t, redis)
  await send(redis, 'SCRIPT', 'FLUSH')
  await works(t, cache)
  t.same(log, [])
})

t.test('closes at once', needs('redis-server'), async (t) => {
  const redis = await startRedis(t)
  const { cache: idle } = await openCache(t, redis)
  const { cache: busy } = await openCache(t, redis)
  const { cache: reconnecting } = await openCache(t, redis)
  redis.pause()
  await reconnecting.get('course', 'a')
  const waiting = busy.get('course', 'a')
  const since = performance.now()
  await Promise.all([idle.close(), busy.close(), reconnecting.close()])
  t.same(await waiting, {})
  t.ok(performance.now() - since < 300, `took ${Math.round(performance.now() - since)} ms`)
  t.same(await idle.get('course', 'a'), {})
  await t.rejects(idle.ping(), /is closed/)
  redis.resume()
  await waitFor('no connection to be left', async () => (await send(redis, 'CLIENT', 'LIST')).split('\n').length === 2)
})

t.test('an invalid URL', async (t) => {
  const urls = ['redis://', 'redis:///0', 'redis://:6379', 'redis://h:99999', 'redis://h/one', 'redis://:%zz@h', 'h:1']
  for (const REDIS_URL of urls) {
    await t.rejects(RedisCache.open({ REDIS_URL }, silent), ConfigError, REDIS_URL)
  }
})

const silent = { info: () => undefined, warn: () => undefined }

type LogEntry = [level: 'info' | 'warn', text: string]

async function openCache(t: Test, redis: RedisServer, settings: { REDIS_URL?: string; REDIS_PASSWORD?: string } = {}) {
  const log: LogEntry[] = []
  const entry = (level: LogEntry[0]) => (first: unknown, second?: string) => {
    log.push([level, second === undefined ? String(first) : `${second}: ${(first as { reason: string }).reason}`])
  }
  const cache = await RedisCache.open(
    { REDIS_URL: redis.url, ...settings },
    { info: entry('info'), warn: entry('warn') },
  )
  t.teardown(() => cache.close())
  return { cache, log }
}

/** Asserts that exactly these lines were logged. */
function logged(t: Test, log: readonly LogEntry[], ...expected: [LogEntry[0], RegExp][]): void {
  t.equal(log.length, expected.length)
  t.match(log, expected)
}

/** Waits until the cache is in use, and asserts that it works. */
async function works(t: Test, cache: RedisCache): Promise<void> {
  const key = `works-${Math.random()}`
  const { lease } = await waitFor('the cache to be used', async () => {
    const cached = await cache.get('course', key)
    return cached.lease === undefined ? undefined : { lease: cached.lease }
  })
  await cache.set('course', key, lease, { n: 1 }, 60)
  t.same(await cache.get('course', key), { value: { n: 1 } })
  await cache.delete('course', key)
}

/** 150 concurrent commands. */
async function useAll(cache: RedisCache): Promise<void> {
  const keys = Array.from({ length: 50 }, (_, n) => String(n))
  await Promise.all([
    ...keys.map((key) => cache.get('course', key)),
    ...keys.map((key) => cache.set('course', key, 'lease:none', {}, 60)),
    ...keys.map((key) => cache.delete('course', key)),
  ])
}

/** The outcomes of all commands of `work`. Asserts that none exceeded the timeout. */
async function outcomesOf(t: Test, work: () => Promise<void>): Promise<Set<string | undefined>> {
  const heard: (CacheAnnouncement & { ms: number })[] = []
  const onEnd = (message: unknown) => {
    const announcement = message as CacheAnnouncement & Progress
    heard.push({ ...announcement, ms: performance.now() - (announcement.startedAt ?? 0) })
  }
  const stalled = watchStalls()
  subscribe('tracing:course-app:cache:asyncEnd', onEnd)
  await work()
  unsubscribe('tracing:course-app:cache:asyncEnd', onEnd)
  // Time in which this process was not scheduled does not count.
  const longest = Math.max(...heard.map(({ ms }) => ms)) - stalled()
  t.ok(longest < PATIENCE, `${heard.length} commands took at most ${longest.toFixed(1)} ms`)
  return new Set(heard.map(({ outcome }) => outcome))
}

/** @returns a function that returns for how many milliseconds this process was stalled since the call */
function watchStalls(): () => number {
  let stalled = 0
  let last = performance.now()
  const look = () => {
    const now = performance.now()
    stalled += Math.max(0, now - last - 5)
    last = now
  }
  const timer = setInterval(look, 1)
  return () => {
    look()
    clearInterval(timer)
    return stalled
  }
}

async function send(redis: RedisServer, ...command: string[]): Promise<string> {
  const client = createClient({ url: redis.url })
  await client.connect()
  const reply = await client.sendCommand(command)
  client.destroy()
  return String(reply)
}
