import fp from 'fastify-plugin'
import type { BookingService } from './booking.ts'
import { BookingStore } from './booking-store.ts'
import { CatalogStore } from './catalog-store.ts'
import type { CatalogService } from './course.ts'
import { CourseCache } from './course-cache.ts'
import { bookingRoutes } from './http/booking-routes.ts'
import { courseRoutes } from './http/course-routes.ts'
import { InProcessBooking } from './in-process-booking.ts'
import { InProcessCatalog } from './in-process-catalog.ts'
import { migrations } from './migrations.ts'
import { seedIfEmpty } from './seed.ts'

declare module 'fastify' {
  interface FastifyInstance {
    course: { readonly catalog: CatalogService; readonly bookings: BookingService }
  }
}

export interface CourseOptions {
  /** Whether an empty database gets the courses of `seed.ts`. Default: yes. */
  readonly seed?: boolean
  /** The clock by which holds expire and batches end. Default: the system's. */
  readonly now?: () => Date
}

/** Course booking: brings the database up to date, wires stores and services, adds the routes. */
export const course = fp<CourseOptions>(
  async (app, { seed = true, now }) => {
    await app.database.migrate(migrations)
    if (seed) await seedIfEmpty(app.database)

    const courseCache = new CourseCache(app.cache)
    const catalog = new InProcessCatalog(new CatalogStore(app.database), courseCache, now)
    const bookings = new InProcessBooking(new BookingStore(app.database), courseCache, now)
    app.decorate('course', { catalog, bookings })

    await app.register(courseRoutes, { catalog })
    await app.register(bookingRoutes, { bookings })
  },
  { name: 'course', dependencies: ['database', 'cache'] },
)
