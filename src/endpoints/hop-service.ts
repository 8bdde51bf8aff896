import fp from 'fastify-plugin'
import { serviceDefinition } from '../platform/grpc/definitions.ts'
import type { GrpcServer } from '../platform/grpc/server.ts'
import { unary } from '../platform/grpc/unary.ts'
import type { HopServiceDefinition, HopServiceHandlers } from '../proto/course/v1/HopService.ts'

const HOP = 'course.v1.HopService'

/** Adds `course.v1.HopService`, which `GET /propagation` calls, to a server. Call it before the server listens. */
export function addHopService(server: GrpcServer, service: string): void {
  const handlers: HopServiceHandlers = {
    GetHop: unary(async (_request, { requestMetadata }) => ({
      service,
      traceparent: requestMetadata.get('traceparent'),
      baggage: requestMetadata.get('baggage'),
    })),
  }
  server.addService(HOP, serviceDefinition<HopServiceDefinition>(HOP), handlers, async () => {})
}

/** Returns the trace context of a gRPC call. */
export const hopService = fp<{ service: string }>(async (app, { service }) => addHopService(app.grpc, service), {
  name: 'hop-service',
  dependencies: ['grpc-server'],
})
