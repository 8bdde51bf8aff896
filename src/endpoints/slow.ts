import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { announce, channels } from '../../phases/announcements.ts'
import { Problem } from '../platform/problem-schema.ts'

/** `GET /slow?ms=500`: two steps, one after the other, that take 40 % and 60 % of the time. */
export const slow: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/slow',
    {
      schema: {
        operationId: 'slow',
        summary: 'Take a while',
        description:
          'Waits for two pretended steps: `database_query` (40 % of the time), then `external_api_call` (60 %).',
        tags: ['Tutorial'],
        querystring: Type.Object({
          ms: Type.Integer({
            minimum: 0,
            maximum: 10_000,
            default: 500,
            description: 'How long to take, in milliseconds.',
            examples: [500],
          }),
        }),
        response: {
          200: Type.Object(
            { message: Type.String(), duration_ms: Type.Integer() },
            {
              description: 'Both steps are done.',
              examples: [{ message: 'slow operation completed', duration_ms: 500 }],
            },
          ),
          400: Problem,
        },
      },
    },
    async (request) => {
      const { ms } = request.query
      await step('database_query', ms * 0.4)
      await step('external_api_call', ms * 0.6)
      return { message: 'slow operation completed', duration_ms: ms }
    },
  )
}

function step(name: string, ms: number): Promise<void> {
  return announce(channels.step, { name, attributes: { 'step.planned_ms': ms } }, () => delay(ms))
}
