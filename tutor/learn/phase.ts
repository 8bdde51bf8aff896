import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { LabError } from '../../lab/lab-error.ts'
import type { RunningPhase } from '../../lab/phase-wire.ts'

export interface SwitchOptions extends RunningPhase {
  /** Restarts the server in another phase, with variables of the environment in addition to its own. */
  readonly switchTo: (phase: number, settings: PhaseSettings) => void
}

/** What a lesson may set: the names are a closed list, and a log stays in the folder of logs. */
const Settings = Type.Partial(
  Type.Object({
    LOG_LEVEL: Type.String({ pattern: '^[a-z]{1,10}$' }),
    LOG_FILE: Type.String({ pattern: '^logs/[A-Za-z0-9-]{1,40}\\.log$' }),
    LOG_FILE_MAX_BYTES: Type.String({ pattern: '^\\d{1,10}$' }),
    LOG_FILE_COUNT: Type.String({ pattern: '^\\d{1,3}$' }),
    OTEL_TRACES_SAMPLER: Type.String({ pattern: '^[a-z_]{1,40}$' }),
  }),
  { additionalProperties: false },
)

/** The names of what a lesson may set. */
export const SETTINGS: ReadonlySet<string> = new Set(Object.keys(Settings.properties))

export type PhaseSettings = Static<typeof Settings>

/** The running phase, and the way to another one. */
export const phaseRoutes: FastifyPluginAsyncTypebox<SwitchOptions> = async (app, { phase, failed, switchTo }) => {
  let switching = false

  app.get('/phase', (): RunningPhase => ({ phase, failed }))

  app.post(
    '/phase',
    {
      schema: {
        body: Type.Object({ phase: Type.Integer({ minimum: 0, maximum: 5 }), settings: Type.Optional(Settings) }),
      },
    },
    (request, reply): RunningPhase => {
      if (switching) throw new LabError(409, 'The server is already restarting in another phase.')
      switching = true
      const { phase: wanted, settings = {} } = request.body
      reply.raw.once('close', () => switchTo(wanted, settings))
      reply.code(202)
      return { phase: wanted, failed: null }
    },
  )
}
