import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { addCourseServices } from '../../../src/course/grpc/plugin.ts'
import type { CourseOptions } from '../../../src/course/plugin.ts'
import type { Readiness } from '../../../src/platform/grpc/health.ts'
import { GrpcServer } from '../../../src/platform/grpc/server.ts'
import { type GrpcClient, reflectedClient } from '../../../testkit/grpc-client.ts'
import { courseApp } from '../course-app.ts'

export const CATALOG = 'course.v1.CatalogService'
export const BOOKING = 'course.v1.BookingService'

/** Serves a catalog and bookings on a free port until the test is over. */
export async function serveGrpc(
  t: Pick<Test, 'teardown'>,
  app: FastifyInstance,
  services: Parameters<typeof addCourseServices>[1] = app.course,
  readiness: Readiness = () => app.database.ping(),
): Promise<{ server: GrpcServer; address: string }> {
  const server = new GrpcServer({ HOST: '127.0.0.1', GRPC_PORT: 0 }, readiness, app.log)
  addCourseServices(server, services, readiness)
  t.teardown(() => server.close())
  return { server, address: await server.listen() }
}

/** One app with both APIs: HTTP by `inject`, and gRPC over the network. */
export async function bothFaces(
  t: Test,
  options: CourseOptions = {},
): Promise<{ app: FastifyInstance; server: GrpcServer; address: string; client: GrpcClient }> {
  const app = await courseApp(t, options)
  const { server, address } = await serveGrpc(t, app)
  return { app, server, address, client: await reflectedClient(t, address) }
}
