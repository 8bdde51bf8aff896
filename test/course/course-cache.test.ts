import t, { type Test } from 'tap'
import type { Course } from '../../src/course/course.ts'
import { CourseCache } from '../../src/course/course-cache.ts'
import type { Cache } from '../../src/platform/cache.ts'
import { MemoryCache } from '../../src/platform/memory-cache.ts'
import { RedisCache } from '../../src/platform/redis-cache.ts'
import { needsRedis, redisUrl } from '../../testkit/redis-server.ts'

const ID = 'the-course'

t.test('courses in memory', async (t) => {
  const cache = new MemoryCache()
  await behavesAsACourseCache(t, cache, cache)
})

t.test('courses in Redis, for two processes', needsRedis(), async (t) => {
  const settings = { REDIS_URL: await redisUrl(t) }
  const [a, b] = await Promise.all([RedisCache.open(settings, silent), RedisCache.open(settings, silent)])
  t.teardown(() => Promise.all([a.close(), b.close()]))
  await behavesAsACourseCache(t, a, b)
})

t.test('courses without a cache', async (t) => {
  const unavailable: Cache = {
    get: async () => ({}),
    set: async () => {
      throw new Error('without a lease nothing is kept')
    },
    delete: async () => undefined,
    ping: async () => undefined,
    close: async () => undefined,
  }
  const courses = new CourseCache(unavailable)
  const row = new Row()
  const answers = await Promise.all(Array.from({ length: 20 }, () => courses.get(ID, row.load)))
  t.equal(row.loads, 1, 'the database is not flooded')
  t.same(new Set(answers.map(nameOf)), new Set(['1']))

  const slow = row.hold()
  const early = courses.get(ID, slow.load)
  await slow.hasRead
  row.version = 2
  await courses.invalidate(ID)
  t.equal(nameOf(await courses.get(ID, row.load)), '2', 'a load from before the change is not joined')
  slow.release()
  t.equal(nameOf(await early), '1')
})

/** `a` and `b` share a cache, or are the same. */
async function behavesAsACourseCache(t: Test, a: Cache, b: Cache): Promise<void> {
  t.test('concurrent readers share one load, and later ones none', async (t) => {
    const [here, there, row] = await fresh(a, b)
    const answers = await Promise.all(Array.from({ length: 50 }, () => here.get(ID, row.load)))
    t.equal(row.loads, 1)
    t.same(new Set(answers.map(nameOf)), new Set(['1']))
    t.equal(nameOf(await here.get(ID, row.load)), '1')
    t.equal(nameOf(await there.get(ID, row.load)), '1')
    t.equal(row.loads, 1, 'the other process has it too')
  })

  t.test('missing courses and failed loads are not cached', async (t) => {
    const [here, , row] = await fresh(a, b)
    t.equal(await here.get(ID, async () => undefined), undefined)
    const fail = async () => Promise.reject(new Error('the database is down'))
    await Promise.all([1, 2].map(() => t.rejects(here.get(ID, fail), /is down/)))
    t.equal(nameOf(await here.get(ID, row.load)), '1')
    t.equal(nameOf(await here.get(ID, row.load)), '1')
    t.equal(row.loads, 1)
  })

  t.test('a row that was read before a change is neither stored nor returned to later callers', async (t) => {
    const [here, there, row] = await fresh(a, b)
    const slow = row.hold()
    const early = here.get(ID, slow.load)
    await slow.hasRead
    row.version = 2
    await there.invalidate(ID)
    t.equal(nameOf(await here.get(ID, row.load)), '2')
    slow.release()
    t.equal(nameOf(await early), '1', 'who asked before the change may get what was before')
    t.equal(nameOf(await here.get(ID, row.load)), '2')
    t.equal(nameOf(await there.get(ID, row.load)), '2')
  })

  t.test('every read after a change sees it, whatever runs concurrently', async (t) => {
    const [here, there, row] = await fresh(a, b)
    let acknowledged = row.version
    let stale = 0
    const reader = async (courses: CourseCache) => {
      for (let n = 0; n < 150; n++) {
        const atLeast = acknowledged
        const course = await courses.get(ID, row.load)
        if (Number(course?.name) < atLeast) stale++
      }
    }
    const writer = async (courses: CourseCache) => {
      for (let n = 0; n < 50; n++) {
        const version = ++row.version
        await turns()
        await courses.invalidate(ID)
        acknowledged = Math.max(acknowledged, version)
        await turns()
      }
    }
    const readers = [here, here, here, there, there, there].map(reader)
    await Promise.all([...readers, writer(here), writer(there)])
    t.equal(stale, 0)
    t.ok(row.loads < 900, `${row.loads} loads for 900 reads`)
    t.equal(nameOf(await here.get(ID, row.load)), String(row.version))
  })
}

async function fresh(a: Cache, b: Cache): Promise<[CourseCache, CourseCache, Row]> {
  await a.delete('course', ID)
  return [new CourseCache(a), new CourseCache(b), new Row()]
}

/** A row of the database. */
class Row {
  version = 1
  loads = 0

  /** Pauses before and after it reads the row. */
  readonly load = async (): Promise<Course> => {
    this.loads++
    await turns()
    const course = this.#read()
    await turns()
    return course
  }

  /** A load that returns its row only when it is released. */
  hold() {
    let release = () => {}
    let tell = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const hasRead = new Promise<void>((resolve) => {
      tell = resolve
    })
    const load = async () => {
      const course = this.#read()
      tell()
      await released
      return course
    }
    return { load, hasRead, release }
  }

  #read(): Course {
    return { course_id: ID, name: String(this.version), batches: [] } as unknown as Course
  }
}

const silent = { info: () => undefined, warn: () => undefined }

/** Waits for a random number of event loop turns. */
async function turns(): Promise<void> {
  for (let left = Math.floor(Math.random() * 5); left > 0; left--) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function nameOf(course: Course | undefined): string | undefined {
  return course?.name
}
