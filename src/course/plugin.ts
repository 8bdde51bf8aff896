import fp from 'fastify-plugin'
import type {} from '../../phases/booking/announcements.ts'
import { HOLD_MS, type OwnBookingService } from './booking.ts'
import { BookingStore } from './booking-store.ts'
import { CatalogStore } from './catalog-store.ts'
import type { CatalogService } from './course.ts'
import { CourseCache } from './course-cache.ts'
import { bookingRoutes } from './http/booking-routes.ts'
import { courseRoutes } from './http/course-routes.ts'
import { IdempotencyStore } from './idempotency-store.ts'
import { InProcessBooking } from './in-process-booking.ts'
import { InProcessCatalog } from './in-process-catalog.ts'
import { migrations } from './migrations.ts'
import { seedIfEmpty } from './seed.ts'
import { SweepStore } from './sweep-store.ts'
import { Sweeper } from './sweeper.ts'

declare module 'fastify' {
  interface FastifyInstance {
    course: { readonly catalog: CatalogService; readonly bookings: OwnBookingService; readonly sweeper: Sweeper }
  }
}

export interface CourseOptions {
  /** Whether to seed an empty database. Default: yes. */
  readonly seed?: boolean
  /** The clock for the ends of holds and batches. Default: the system's. */
  readonly now?: () => Date
  /** Whether to add routes, or only `app.course`. Default: yes. */
  readonly routes?: boolean
  /** How long a seat is held, in milliseconds. Default: ten minutes. */
  readonly holdMs?: number
  /** Milliseconds between sweeps for overdue holds once the app listens; 0, the default: no sweeps. */
  readonly sweepIntervalMs?: number
}

/** Course booking: migrates the database, wires stores and services, adds the routes. */
export const course = fp<CourseOptions>(
  async (app, { seed = true, routes = true, now, holdMs = HOLD_MS, sweepIntervalMs = 0 }) => {
    await app.database.migrate(migrations)
    if (seed) await seedIfEmpty(app.database)

    const { database, log } = app
    const courses = new CourseCache(app.cache)
    const catalog = new InProcessCatalog(new CatalogStore(database), courses, now)
    const store = new BookingStore(database)
    const keys = new IdempotencyStore(database)
    const bookings = new InProcessBooking({ store, keys, courses, holdMs, now })
    const sweeper = new Sweeper({ store: new SweepStore(database), courses, database, log, now })
    app.decorate('course', { catalog, bookings, sweeper })
    app.decorate('outstandingBookings', () => bookings.outstanding())

    // Only then, so that the start is not delayed.
    if (sweepIntervalMs > 0) app.addHook('onListen', async () => sweeper.start(sweepIntervalMs))
    app.addHook('onClose', () => sweeper.stop())

    if (!routes) return
    await app.register(courseRoutes, { catalog })
    await app.register(bookingRoutes, { bookings })
  },
  { name: 'course', dependencies: ['database', 'cache'] },
)
