import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { HttpError } from '../platform/problem.ts'
import { Problem } from '../platform/problem-schema.ts'

/** `GET /error?status=500`: throws, so that you can see what logs, metrics and traces make of it. */
export const error: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/error',
    {
      schema: {
        operationId: 'error',
        summary: 'Fail on purpose',
        description: 'Throws an error that is answered with the status that you ask for.',
        tags: ['Tutorial'],
        querystring: Type.Object({
          status: Type.Integer({
            minimum: 400,
            maximum: 599,
            default: 500,
            description: 'The status to answer with.',
            examples: [500],
          }),
        }),
        response: { '4xx': Problem, '5xx': Problem },
      },
    },
    async (request) => {
      const { status } = request.query
      throw new HttpError(status, `this endpoint fails on purpose, with status ${status}`)
    },
  )
}
