import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync } from 'fastify'
import type { Phase } from '../phases/phase.ts'
import type { Config } from '../src/config.ts'
import { HttpError } from '../src/platform/problem.ts'
import { labApi } from './api.ts'
import { Collector, LIMITS } from './collector.ts'
import { PANEL_PHASE, PHASES, panelsOf } from './course.ts'
import { EventStreams } from './event-streams.ts'
import type { Intake } from './intake.ts'
import { Links } from './links.ts'
import { Marks } from './marks.ts'
import { ownRequestsAlone } from './own-requests.ts'
import { pageFiles } from './page-files.ts'
import type { RemoteSource } from './remote-source.ts'
import type { State } from './wire.ts'

export interface LabOptions {
  readonly config: Config
  readonly phase: Phase
  /** What the phases of this process have been given. */
  readonly intake: Intake
  /** Other processes of this app. */
  readonly sources: readonly RemoteSource[]
}

/**
 * The Lab: a page at `/` that shows the logs, metrics and traces of this app, and what the page asks for at
 * `/lab/api`. In a scope of its own, whose requests are not observed.
 */
export const lab: FastifyPluginAsync<LabOptions> = async (app, { config, phase, intake, sources }) => {
  ownRequestsAlone(app)
  const instance = randomUUID()
  const startedAt = Date.now()
  const service = config.OTEL_SERVICE_NAME
  /** A fault of the Lab is told, and costs the service nothing. */
  const report = (err: unknown) => app.log.error({ err }, 'the Lab has failed')
  const collector = new Collector(service, intake, sources, report)
  const marks = new Marks(intake.readMetrics)
  const links = new Links(config)
  const streams = new EventStreams(instance, collector, state, report)

  function state(): State {
    void links.check() // the next one will know
    return {
      instance,
      started_at: startedAt,
      cursor: streams.cursor,
      time: Date.now(),
      phase: { number: phase.number, title: phase.title },
      phases: PHASES,
      panels: panelsOf(phase.number),
      panel_phase: PANEL_PHASE,
      role: config.ROLE,
      service,
      log_level: config.LOG_LEVEL,
      sources: [{ service, connected: true }, ...sources.map(({ service, connected }) => ({ service, connected }))],
      unseen: config.ROLE === 'gateway' && !config.LAB_COURSE_URL ? [COURSE_SERVICE] : [],
      links: links.current,
      limits: LIMITS,
    }
  }

  // Not before: the start is busy work, and none that anybody waits for.
  app.addHook('onListen', async () => collector.start())
  app.addHook('onError', async (_request, _reply, error) => {
    if (!(error instanceof HttpError) && (error.statusCode ?? 500) >= 500) report(error)
  })
  app.addHook('preClose', async () => {
    streams.close()
    collector.close()
  })
  const expectations = {
    service,
    phase: phase.number,
    endIsLogged: ['trace', 'debug', 'info'].includes(config.LOG_LEVEL),
  }
  await app.register(pageFiles)
  app.get('/lab', { schema: { hide: true } }, (_request, reply) => reply.redirect('/'))
  app.all('/lab/*', { schema: { hide: true } }, () => {
    throw new HttpError(404, 'There is no such thing in the Lab. See lab/wire.ts for what there is.')
  })
  await app.register(labApi, { prefix: '/lab/api', collector, marks, streams, state, expectations })
}

const COURSE_SERVICE = {
  service: 'course',
  reason: 'LAB_COURSE_URL does not say where it is. Its log is its own, and its spans go to the backend alone.',
}
