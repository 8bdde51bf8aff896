import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'

/** `GET /hello`: the smallest request there is. No artificial delay, nothing else called. */
export const hello: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/hello',
    {
      schema: {
        operationId: 'hello',
        summary: 'Say hello',
        description: 'Answers at once. The baseline that every other endpoint is compared with.',
        tags: ['Tutorial'],
        response: {
          200: Type.Object(
            { message: Type.String(), request_id: Type.String() },
            {
              description: 'The greeting.',
              examples: [{ message: 'hello', request_id: '0f1c8a52-6d7e-4b7a-9a51-8f6f2b1f9c11' }],
            },
          ),
        },
      },
    },
    (request) => ({ message: 'hello', request_id: request.id }),
  )
}
