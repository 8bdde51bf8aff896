import { existsSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { handoverRoute } from '../lab/handover-route.ts'
import { lab } from '../lab/plugin.ts'
import { RemoteSource } from '../lab/remote-source.ts'
import type { Phase } from '../phases/phase.ts'
import { type Config, OWN_RULES } from './config.ts'
import { courseGrpc } from './course/grpc/plugin.ts'
import { course } from './course/plugin.ts'
import { remoteCourse } from './course/remote-plugin.ts'
import { error } from './endpoints/error.ts'
import { external } from './endpoints/external.ts'
import { type Dependency, health } from './endpoints/health.ts'
import { hello } from './endpoints/hello.ts'
import { hopService } from './endpoints/hop-service.ts'
import { propagation } from './endpoints/propagation.ts'
import { slow } from './endpoints/slow.ts'
import { partnerProcess } from './partner/process.ts'
import { GrpcClient } from './platform/grpc/client.ts'
import { logGrpcTo } from './platform/grpc/grpc-log.ts'
import { checkHealth } from './platform/grpc/remote-health.ts'
import { grpcServer } from './platform/grpc/server.ts'
import { cache } from './platform/open-cache.ts'
import { database } from './platform/open-database.ts'
import { openapi, swaggerPages } from './platform/openapi.ts'
import { addPhase, createServer } from './platform/server.ts'

/** The service in its configured role: the phase's plugins first, then the platform, then the routes. */
export function buildApp(config: Config, phase: Phase): FastifyInstance {
  const hasLab = config.LAB === 'on'
  const app = createServer({ config }, phase)
  if (config.ROLE === 'course') {
    addPhase(app, { config }, phase)
    if (hasLab) app.register(handoverRoute, { service: config.OTEL_SERVICE_NAME })
    addCourseService(app, config, { routes: false })
    return app
  }
  app.register(openapi) // first, because it describes only routes that are added later
  addPhase(app, { config }, phase)
  app.register(swaggerPages)
  app.register(partnerProcess, { config })
  if (hasLab) addLab(app, config, phase)
  else app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/swagger'))
  if (config.ROLE === 'gateway') {
    const client = clientOf(app, () => config.COURSE_GRPC_URL)
    addRemoteCourse(app, client)
    addEndpoints(app, config, client)
  } else {
    addCourseService(app, config, { routes: true })
    addEndpoints(
      app,
      config,
      clientOf(app, () => app.grpc.ownAddress),
    )
  }
  return app
}

/** The booking service with database, cache and gRPC; with `routes`, over HTTP too. */
function addCourseService(app: FastifyInstance, config: Config, { routes }: { routes: boolean }): void {
  const { BOOKING_HOLD_SECONDS, SWEEP_INTERVAL_MS } = config
  app.register(database, { config })
  app.register(cache, { config })
  app.register(course, { routes, holdMs: BOOKING_HOLD_SECONDS * 1000, sweepIntervalMs: SWEEP_INTERVAL_MS })

  const dependencies: Dependency[] = [
    { name: 'database', check: () => app.database.ping() },
    { name: 'cache', check: () => app.cache.ping() },
  ]
  app.register(grpcServer, { config, readiness: () => Promise.all(dependencies.map(({ check }) => check())) })
  // Without its cache the service is slower but still ready.
  app.register(courseGrpc, { readiness: () => app.database.ping() })
  app.register(hopService, { service: config.OTEL_SERVICE_NAME })
  app.register(health, { dependencies })
}

/** A client that is created on first use and closed with the app. */
function clientOf(app: FastifyInstance, addresses: () => string): () => GrpcClient {
  let client: GrpcClient | undefined
  logGrpcTo(app.log)
  app.addHook('onClose', async () => client?.close())
  return () => {
    client ??= new GrpcClient(addresses())
    return client
  }
}

/** The same routes in front of a remote course service. */
function addRemoteCourse(app: FastifyInstance, client: () => GrpcClient): void {
  app.register(remoteCourse, { client: client() })
  const check = () => checkHealth(client(), 'course.v1.BookingService')
  app.register(health, { dependencies: [{ name: 'course', check }] })
}

function addEndpoints(app: FastifyInstance, config: Config, courseClient: () => GrpcClient): void {
  app.register(hello)
  app.register(slow)
  app.register(error)
  app.register(external, {
    apiUrl: async () => config.EXTERNAL_API_URL ?? app.partner.url(),
    timeoutMs: config.EXTERNAL_TIMEOUT_MS,
  })
  app.register(propagation, {
    partnerUrl: () => app.partner.url(),
    courseClient,
    timeoutMs: config.EXTERNAL_TIMEOUT_MS,
  })
}

/** The page, which shows what the other processes have as well. */
function addLab(app: FastifyInstance, config: Config, { number, title }: Phase): void {
  const { ROLE, OTEL_SERVICE_NAME, LAB_COURSE_URL, LAB_RULES, PROMETHEUS_URL, GRAFANA_URL, JAEGER_URL } = config
  const partner = new RemoteSource('partner', () => app.partner.runningAt())
  const remote = ROLE === 'gateway'
  app.register(lab, {
    path: '/',
    service: OTEL_SERVICE_NAME,
    job: 'course-app', // as in prometheus.yml, for the gateway on this machine too
    phase: { number, title },
    role: ROLE,
    sources: remote && LAB_COURSE_URL ? [partner, new RemoteSource('course', () => LAB_COURSE_URL)] : [partner],
    unseen: remote && !LAB_COURSE_URL ? [UNSEEN_COURSE_SERVICE] : [],
    // Only this repository has that file.
    rules: pathsIn(LAB_RULES).filter((path) => path !== OWN_RULES || existsSync(path)),
    tools: { prometheus: PROMETHEUS_URL, grafana: GRAFANA_URL, jaeger: JAEGER_URL },
  })
}

function pathsIn(list: string): string[] {
  return list
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '')
}

const UNSEEN_COURSE_SERVICE = {
  service: 'course',
  reason: 'LAB_COURSE_URL does not say where it is. Its log is its own, and its spans go to the backend alone.',
}
