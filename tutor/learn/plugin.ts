import type { FastifyPluginAsync } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { LabError } from '../../lab/lab-error.ts'
import { ownRequestsAlone } from '../../lab/own-requests.ts'

import { UsageError } from '../exercise/usage-error.ts'
import { drillRoutes } from './drills.ts'
import { exerciseRoutes } from './exercises.ts'
import { lessonRoutes } from './lesson-routes.ts'
import { phaseRoutes, type SwitchOptions } from './phase.ts'
import { progressRoutes } from './progress.ts'

export interface LearnOptions {
  /** Given by a parent process that can restart the server in another phase. */
  readonly phases?: SwitchOptions | undefined
}

/**
 * Lessons, exercises and drills for the Lab's page, at `/lab/api/learn`. Register it after the phase's plugins. For a
 * server on loopback only: it runs checks and changes files of the repository.
 */
export const learn = fastifyPlugin<LearnOptions>(
  async (app, { phases }) => {
    app.decorate('learn', true)
    await app.register(scope, { prefix: '/lab/api/learn', phases })
  },
  { name: 'learn' },
)

const scope: FastifyPluginAsync<LearnOptions> = async (app, { phases }) => {
  ownRequestsAlone(app)
  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, hide: true }
  })
  app.addHook('onRequest', async ({ method, headers }) => {
    // A browser sends the origin with each POST, and only the page's own passes `ownRequestsAlone`.
    if (method !== 'GET' && method !== 'HEAD' && headers.origin === undefined)
      throw new LabError(403, 'Only the page of the Lab may change something here.')
  })
  app.setErrorHandler((error) => {
    if (error instanceof UsageError) throw new LabError(409, error.message)
    throw error
  })
  await app.register(exerciseRoutes)
  await app.register(drillRoutes)
  await app.register(progressRoutes)
  if (phases) await app.register(phaseRoutes, phases)
  await app.register(lessonRoutes)
}
