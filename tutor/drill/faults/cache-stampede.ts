import { setTimeout as delay } from 'node:timers/promises'
import { CatalogStore } from '../../../src/course/catalog-store.ts'
import type { Course } from '../../../src/course/course.ts'
import { knownId } from '../../../src/course/seed-data.ts'
import { startDependency } from '../dependency.ts'
import type { Fault } from '../fault.ts'

interface Parameters {
  /** The popular course. */
  readonly courseId: string
  readonly ttlSeconds: number
}

/** How long the review service takes for one course. It handles one course at a time. */
const COUNTING_MS = 70

/** A cache with a short TTL and an expensive load, in which each concurrent miss loads the entry again. */
export const cacheStampede: Fault<Parameters> = {
  parameters: (random) => ({ courseId: knownId('course', random.number(0, 10)), ttlSeconds: random.number(8, 10) }),

  plugin: async (app, { parameters: { courseId, ttlSeconds }, onBegin }) => {
    let counting = Promise.resolve()
    const reviews = await startDependency(app, async (_request, response) => {
      counting = counting.then(() => delay(COUNTING_MS))
      await counting
      response.end('5 stars')
    })

    onBegin(async () => {
      const { catalog } = app.course
      const store = new CatalogStore(app.database)
      const get = catalog.getCourse.bind(catalog)
      catalog.getCourse = async (id) => {
        if (id !== courseId) return get(id)
        const { value, lease } = await app.cache.get<Course>('course', id)
        if (value !== undefined) return value
        const course = (await store.find(id)) as Course
        const response = await fetch(`${reviews}/stars/${id}`)
        await response.text()
        if (lease !== undefined) await app.cache.set('course', id, lease, course, ttlSeconds)
        return course
      }
      await app.cache.delete('course', courseId) // a new version starts with a cold cache
    })
  },
}
