import type { FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import { courseGrpc } from './course/grpc/plugin.ts'
import { course } from './course/plugin.ts'
import { error } from './endpoints/error.ts'
import { external } from './endpoints/external.ts'
import { type Dependency, health } from './endpoints/health.ts'
import { hello } from './endpoints/hello.ts'
import { propagation } from './endpoints/propagation.ts'
import { slow } from './endpoints/slow.ts'
import { partnerProcess } from './partner/process.ts'
import type { Phase } from './phase.ts'
import { cache } from './platform/cache.ts'
import { database } from './platform/database.ts'
import { grpcServer } from './platform/grpc/server.ts'
import { openapi, swaggerPages } from './platform/openapi.ts'
import { addPhase, createServer } from './platform/server.ts'

/** The whole service: the phase's plugins first, then the platform, then the routes. */
export function buildApp(config: Config, phase: Phase): FastifyInstance {
  const app = createServer(config, phase)
  app.register(openapi) // first, because it describes the routes that it sees being added
  addPhase(app, config, phase)
  app.register(swaggerPages)

  app.register(partnerProcess, { config })
  app.register(database, { config })
  app.register(cache, { config })
  app.register(course, { holdMs: config.BOOKING_HOLD_SECONDS * 1000, sweepIntervalMs: config.SWEEP_INTERVAL_MS })

  const dependencies: Dependency[] = [
    { name: 'database', check: () => app.database.ping() },
    { name: 'cache', check: () => app.cache.ping() },
  ]
  app.register(grpcServer, { config, readiness: () => Promise.all(dependencies.map(({ check }) => check())) })
  // Without its cache the service is slower, and no less ready.
  app.register(courseGrpc, { readiness: () => app.database.ping() })

  app.register(hello)
  app.register(slow)
  app.register(error)
  app.register(external, {
    apiUrl: async () => config.EXTERNAL_API_URL ?? app.partner.url(),
    timeoutMs: config.EXTERNAL_TIMEOUT_MS,
  })
  app.register(propagation, { partnerUrl: () => app.partner.url(), timeoutMs: config.EXTERNAL_TIMEOUT_MS })
  app.register(health, { dependencies })
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/swagger'))
  return app
}
