import { CatalogStore } from '../../../src/course/catalog-store.ts'
import { seedCourses } from '../../../src/course/seed.ts'
import type { Fault } from '../fault.ts'

interface Parameters {
  /** Courses on the shop's front page. */
  readonly pageSize: number
}

/** The batches of a page of courses are read course by course instead of in one statement. */
export const nPlusOne: Fault<Parameters> = {
  parameters: (random) => ({ pageSize: random.number(60, 90) }),

  plugin: async (app, { parameters, onBegin }) => {
    app.addHook('onReady', () => seedCourses(app.database, { count: 2 * parameters.pageSize }).then(() => {}))

    onBegin(() => {
      const { catalog } = app.course
      const store = new CatalogStore(app.database)
      const list = catalog.listCourses.bind(catalog)
      catalog.listCourses = async (request) => {
        const page = await list({ ...request, include_batches: false })
        if (!request.include_batches) return page
        const items = []
        for (const course of page.items) {
          const batches = await store.batchesOf([course.course_id])
          items.push({ ...course, batches: batches.get(course.course_id) ?? [] })
        }
        return { ...page, items }
      }
    })
  },
}
