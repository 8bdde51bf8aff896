import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { labApi } from './api.ts'
import { Collector, LIMITS } from './collector.ts'
import { PANEL_PHASE, PHASES, panelsOf, phaseWith } from './course.ts'
import { EventStreams } from './event-streams.ts'
import { LabError } from './lab-error.ts'
import { Links, type ToolUrls } from './links.ts'
import { Marks } from './marks.ts'
import { ownRequestsAlone } from './own-requests.ts'
import { pageFiles } from './page-files.ts'
import { queryRoutes } from './query-routes.ts'
import type { RemoteSource } from './remote-source.ts'
import { bufferTelemetry } from './telemetry-buffer.ts'
import type { State } from './wire.ts'

export interface LabOptions {
  /** Path of the page; default `/lab`. */
  readonly path?: '/' | '/lab'
  /** The name of this service in logs and traces; default the one on its log lines. */
  readonly service?: string
  /** The job by which Prometheus knows this service, the label `job` of its series; default `service`. */
  readonly job?: string
  /**
   * The running phase of the course. Without it the Lab detects the phase from the service's plugins, and the page
   * omits parts specific to the course's app: its endpoints, and the commands that start other phases.
   */
  readonly phase?: State['phase']
  /** Default `all`. */
  readonly role?: string
  /** Other processes of this service. */
  readonly sources?: readonly RemoteSource[]
  /** Services whose telemetry is not available here, with the reason in a sentence. */
  readonly unseen?: State['unseen']
  /** Paths of Prometheus rule files, evaluated over the metrics; `*`, `?` and `[a-z]` stand for characters of a name. */
  readonly rules?: readonly string[]
  /** Tools that the page links to. */
  readonly tools?: ToolUrls
}

/**
 * The Lab: a page that shows the logs, metrics and traces of an app, and its API at `/lab/api`, beside
 * those of Prometheus and Loki. Register it after the
 * phases' plugins, whose telemetry it shows, and before the routes, for which the page has buttons:
 * `await app.register(lab)`. Its own requests are not observed.
 */
export const lab = fastifyPlugin<LabOptions>(
  async (app, options) => {
    const endpoints: string[] = []
    app.addHook('onRoute', ({ method, url }) => {
      if (method !== 'GET' || /[:*]|^\/$|^\/lab(\/|$)/.test(url) || endpoints.length >= MAX_ENDPOINTS) return
      endpoints.push(url)
    })
    await app.register(scope, { ...options, endpoints })
  },
  { name: 'lab' },
)

/** Number of buttons that fit beside the views. */
const MAX_ENDPOINTS = 12

const scope: FastifyPluginAsync<LabOptions & Pick<State, 'endpoints'>> = async (app, options) => {
  const {
    path = '/lab',
    service = serviceOf(app),
    role = 'all',
    sources = [],
    unseen = [],
    tools = {},
    rules = [],
  } = options
  const { job = service } = options
  ownRequestsAlone(app)
  const instance = randomUUID()
  const startedAt = Date.now()
  const panels = panelsOf(app)
  const level = app.log.level ?? 'silent'
  /** Errors of the Lab are logged and do not affect the service. */
  const report = (err: unknown) => app.log.error({ err }, 'the Lab has failed')
  const buffer = bufferTelemetry(app)
  const warn = (message: string) => app.log.warn(message)
  const collector = new Collector({ service, buffer, rules, sources, report, warn })
  const marks = new Marks(buffer.metrics)
  const links = new Links(tools)
  const streams = new EventStreams(instance, collector, state, report)

  function state(): State {
    void links.check() // for the next request
    return {
      instance,
      started_at: startedAt,
      cursor: streams.cursor,
      time: Date.now(),
      phase: options.phase ?? phaseWith(panels),
      is_course: options.phase !== undefined,
      learn: app.hasDecorator('learn'),
      phases: PHASES,
      panels,
      panel_phase: PANEL_PHASE,
      endpoints: options.endpoints,
      role,
      service,
      log_level: level,
      sources: [{ service, connected: true }, ...sources.map(({ service, connected }) => ({ service, connected }))],
      unseen,
      links: links.current,
      limits: LIMITS,
    }
  }

  // Deferred, so that it does not delay the start.
  app.addHook('onListen', async () => collector.start({ job, instance: instanceOf(app) }))
  app.addHook('onError', async (_request, _reply, error) => {
    if (!(error instanceof LabError) && (error.statusCode ?? 500) >= 500) report(error)
  })
  app.addHook('preClose', async () => {
    streams.close()
    collector.close()
  })
  const expectations = {
    service,
    isTraced: panels.includes('traces'),
    endIsLogged: app.hasPlugin('request-log') && ['trace', 'debug', 'info'].includes(level),
  }
  await app.register(pageFiles, { path })
  if (path !== '/lab') app.get('/lab', { schema: { hide: true } }, (_request, reply) => reply.redirect(path))
  app.all('/lab/*', { schema: { hide: true } }, () => {
    throw new LabError(404, 'There is no such thing in the Lab. See lab/wire.ts for what there is.')
  })
  await app.register(queryRoutes, { collector, panels })
  await app.register(labApi, { prefix: '/lab/api', collector, marks, streams, state, expectations })
}

/** Host and port, as in the address that a Prometheus on this machine would scrape. */
function instanceOf(app: FastifyInstance): string {
  const address = app.addresses().find((one) => typeof one === 'object')
  if (address === undefined) return 'localhost'
  const isAny = address.address === '0.0.0.0' || address.address === '::'
  const host = isAny ? '127.0.0.1' : address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `${host}:${address.port}`
}

/** The service name on the log lines. */
function serviceOf(app: FastifyInstance): string {
  const log = app.log as FastifyBaseLogger & { bindings?: () => { readonly service?: string } }
  return log.bindings?.().service ?? process.env.OTEL_SERVICE_NAME ?? 'unknown_service'
}
