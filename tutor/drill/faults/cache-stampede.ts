import { sql } from 'drizzle-orm'
import { CatalogStore } from '../../../src/course/catalog-store.ts'
import type { Course } from '../../../src/course/course.ts'
import { knownId } from '../../../src/course/seed-data.ts'
import type { Fault } from '../fault.ts'
import { addOldBookings } from '../old-bookings.ts'

interface Parameters {
  /** The course that everybody looks at. */
  readonly courseId: string
  readonly ttlSeconds: number
}

/** A cache that is filled by whoever misses, however many miss at once, with something dear and for a short time. */
export const cacheStampede: Fault<Parameters> = {
  parameters: (dice) => ({ courseId: knownId('course', dice.number(0, 10)), ttlSeconds: dice.number(5, 8) }),

  plugin: async (app, { parameters: { courseId, ttlSeconds }, onBegin }) => {
    app.addHook('onReady', () => addOldBookings(app.database, 40_000))

    onBegin(async () => {
      const { catalog } = app.course
      const store = new CatalogStore(app.database)
      const get = catalog.getCourse.bind(catalog)
      catalog.getCourse = async (id) => {
        if (id !== courseId) return get(id)
        const { value, lease } = await app.cache.get<Course>('course', id)
        if (value !== undefined) return value
        const course = (await store.find(id)) as Course
        await alsoBooked(id)
        if (lease !== undefined) await app.cache.set('course', id, lease, course, ttlSeconds)
        return course
      }
      await app.cache.delete('course', courseId) // a new version of the page starts with a cold cache
    })

    /** What people who booked this course have booked as well. */
    async function alsoBooked(id: string): Promise<void> {
      await app.database.run((queries) =>
        queries.execute(sql`
          select "also"."course_id", count(*) from "bookings" "mine"
          join "bookings" "also" on "also"."user_id" = "mine"."user_id"
          where "mine"."course_id" = ${id} group by "also"."course_id" order by 2 desc limit 3`),
      )
    }
  },
}
