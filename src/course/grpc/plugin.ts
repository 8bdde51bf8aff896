import fp from 'fastify-plugin'
import { serviceDefinition } from '../../platform/grpc/definitions.ts'
import type { Readiness } from '../../platform/grpc/health.ts'
import type { GrpcServer } from '../../platform/grpc/server.ts'
import type { BookingServiceDefinition } from '../../proto/course/v1/BookingService.ts'
import type { CatalogServiceDefinition } from '../../proto/course/v1/CatalogService.ts'
import type { BookingService } from '../booking.ts'
import type { CatalogService } from '../course.ts'
import { bookingHandlers } from './booking-handlers.ts'
import { catalogHandlers } from './catalog-handlers.ts'

const CATALOG = 'course.v1.CatalogService'
const BOOKING = 'course.v1.BookingService'

interface Services {
  readonly catalog: CatalogService
  readonly bookings: BookingService
}

/** Adds both services to a server. Call it before the server listens. */
export function addCourseServices(server: GrpcServer, { catalog, bookings }: Services, readiness: Readiness): void {
  const catalogDefinition = serviceDefinition<CatalogServiceDefinition>(CATALOG)
  server.addService(CATALOG, catalogDefinition, catalogHandlers(catalog), readiness)
  const bookingDefinition = serviceDefinition<BookingServiceDefinition>(BOOKING)
  server.addService(BOOKING, bookingDefinition, bookingHandlers(bookings), readiness)
}

/** Course booking over gRPC. */
export const courseGrpc = fp<{ readiness: Readiness }>(
  async (app, { readiness }) => addCourseServices(app.grpc, app.course, readiness),
  { name: 'course-grpc', dependencies: ['course', 'grpc-server'] },
)
