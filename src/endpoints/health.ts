import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type {} from '../../phases/phase.ts'
import { startStallTimeout } from '../platform/stall-timeout.ts'

/** Something that the service needs. `check` throws when it does not respond. */
export interface Dependency {
  readonly name: string
  readonly check: () => Promise<void>
}

const Readiness = Type.Object({
  status: Type.Enum(['ready', 'not ready']),
  checks: Type.Record(Type.String(), Type.Enum(['ok', 'failed'])),
})

/** `GET /livez` and `GET /readyz`: whether to restart the process, and whether to route requests to it. */
export const health: FastifyPluginAsyncTypebox<{ dependencies: readonly Dependency[] }> = async (
  app,
  { dependencies },
) => {
  app.get(
    '/livez',
    {
      config: { traced: false },
      schema: {
        operationId: 'livez',
        summary: 'Is the process alive?',
        description: 'Answers as long as the process can answer at all. If it does not, restart the process.',
        tags: ['Operations'],
        response: {
          200: Type.Object(
            { status: Type.Literal('alive') },
            { description: 'It is.', examples: [{ status: 'alive' }] },
          ),
        },
      },
    },
    () => ({ status: 'alive' as const }),
  )

  app.get(
    '/readyz',
    {
      config: { traced: false },
      schema: {
        operationId: 'readyz',
        summary: 'Can it do its work?',
        description:
          'Asks the database and the cache, for a second at most. Answers 503 and names the part that failed, if one did.',
        tags: ['Operations'],
        response: {
          200: {
            ...Readiness,
            description: 'Every part answers.',
            examples: [{ status: 'ready', checks: { database: 'ok', cache: 'ok' } }],
          },
          503: {
            ...Readiness,
            description: 'A part does not answer.',
            examples: [{ status: 'not ready', checks: { database: 'failed', cache: 'ok' } }],
          },
        },
      },
    },
    async (request, reply) => {
      const results = await Promise.allSettled(dependencies.map(inTime))
      const checks: Record<string, 'ok' | 'failed'> = {}
      for (const [i, { name }] of dependencies.entries()) {
        const result = results[i] as PromiseSettledResult<void>
        checks[name] = result.status === 'fulfilled' ? 'ok' : 'failed'
        if (result.status === 'rejected') request.log.warn({ err: result.reason }, `${name} does not answer`)
      }
      const ready = results.every(({ status }) => status === 'fulfilled')
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', checks })
    },
  )
}

const LIMIT_MS = 1000

/** A dependency that hangs must not make the response hang. */
function inTime({ check }: Dependency): Promise<void> {
  return new Promise((resolve, reject) => {
    const clear = startStallTimeout(LIMIT_MS, () => reject(new Error(`no answer within ${LIMIT_MS} ms`)))
    check().finally(clear).then(resolve, reject)
  })
}
