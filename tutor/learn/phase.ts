import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { LabError } from '../../lab/lab-error.ts'
import type { RunningPhase } from '../../lab/phase-wire.ts'

export interface SwitchOptions extends RunningPhase {
  /** Restarts the server in another phase. */
  readonly switchTo: (phase: number) => void
}

/** The running phase, and the way to another one. */
export const phaseRoutes: FastifyPluginAsyncTypebox<SwitchOptions> = async (app, { phase, failed, switchTo }) => {
  let switching = false

  app.get('/phase', (): RunningPhase => ({ phase, failed }))

  app.post(
    '/phase',
    { schema: { body: Type.Object({ phase: Type.Integer({ minimum: 0, maximum: 5 }) }) } },
    (request, reply): RunningPhase => {
      if (switching) throw new LabError(409, 'The server is already restarting in another phase.')
      switching = true
      reply.raw.once('close', () => switchTo(request.body.phase))
      reply.code(202)
      return { phase: request.body.phase, failed: null }
    },
  )
}
