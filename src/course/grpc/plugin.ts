import fp from 'fastify-plugin'
import { serviceDefinition } from '../../platform/grpc/definitions.ts'
import type { Readiness } from '../../platform/grpc/health.ts'
import type { BookingServiceDefinition } from '../../proto/course/v1/BookingService.ts'
import type { CatalogServiceDefinition } from '../../proto/course/v1/CatalogService.ts'
import { bookingHandlers } from './booking-handlers.ts'
import { catalogHandlers } from './catalog-handlers.ts'

const CATALOG = 'course.v1.CatalogService'
const BOOKING = 'course.v1.BookingService'

/** Course booking over gRPC. */
export const courseGrpc = fp<{ readiness: Readiness }>(
  async ({ grpc, course: { catalog, bookings } }, { readiness }) => {
    const catalogDefinition = serviceDefinition<CatalogServiceDefinition>(CATALOG)
    grpc.addService(CATALOG, catalogDefinition, catalogHandlers(catalog), readiness)
    const bookingDefinition = serviceDefinition<BookingServiceDefinition>(BOOKING)
    grpc.addService(BOOKING, bookingDefinition, bookingHandlers(bookings), readiness)
  },
  { name: 'course-grpc', dependencies: ['course', 'grpc-server'] },
)
