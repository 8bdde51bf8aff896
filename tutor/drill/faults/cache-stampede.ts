import { setTimeout as delay } from 'node:timers/promises'
import { CatalogStore } from '../../../src/course/catalog-store.ts'
import type { Course } from '../../../src/course/course.ts'
import { knownId } from '../../../src/course/seed-data.ts'
import type { Fault } from '../fault.ts'
import { serveBeside } from '../local-server.ts'

interface Parameters {
  /** The course that everybody looks at. */
  readonly courseId: string
  readonly ttlSeconds: number
}

/** How long the reviews take to count the stars of one course, one course at a time, in milliseconds. */
const COUNTING_MS = 70

/** A cache that is filled by whoever misses, however many miss at once, with something dear and for a short time. */
export const cacheStampede: Fault<Parameters> = {
  parameters: (dice) => ({ courseId: knownId('course', dice.number(0, 10)), ttlSeconds: dice.number(8, 10) }),

  plugin: async (app, { parameters: { courseId, ttlSeconds }, onBegin }) => {
    let counting = Promise.resolve()
    const reviews = await serveBeside(app, async (_request, response) => {
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
      await app.cache.delete('course', courseId) // a new version of the page starts with a cold cache
    })
  },
}
