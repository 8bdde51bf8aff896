import fp from 'fastify-plugin'
import type { GrpcClient } from '../platform/grpc/client.ts'
import { RemoteBooking } from './grpc/remote-booking.ts'
import { RemoteCatalog } from './grpc/remote-catalog.ts'
import { bookingRoutes } from './http/booking-routes.ts'
import { courseRoutes } from './http/course-routes.ts'

/** Course booking over HTTP, backed by a remote course service. There is no `app.course`. */
export const remoteCourse = fp<{ client: GrpcClient }>(
  async (app, { client }) => {
    await app.register(courseRoutes, { catalog: new RemoteCatalog(client) })
    await app.register(bookingRoutes, { bookings: new RemoteBooking(client) })
  },
  { name: 'remote-course' },
)
