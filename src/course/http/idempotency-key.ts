import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { HttpError } from '../../platform/problem.ts'
import { problemThat } from '../../platform/problem-schema.ts'
import { type Idempotency, IdempotencyKeyReused } from '../idempotency.ts'

/** For a route's `response`, in each answer that can be given again. */
export const replayHeaders = {
  'idempotency-replayed': Type.Optional(
    Type.Literal('true', { description: 'Only on the answer to an earlier request with this `idempotency-key`.' }),
  ),
}

export const keyReused = problemThat('The `idempotency-key` was used for another request.')

/**
 * Calls a service on behalf of a request that may have an `Idempotency-Key`.
 *
 * @throws HttpError 422 the key belongs to another request
 */
export function withIdempotency<R>(
  request: FastifyRequest,
  reply: FastifyReply,
  call: (idempotency: Idempotency | undefined) => Promise<R>,
): Promise<R> {
  const key = request.headers['idempotency-key'] as string | undefined
  if (key === undefined) return call(undefined)
  return call({ key, onReplay: () => reply.header('idempotency-replayed', 'true') }).catch((error: unknown) => {
    throw error instanceof IdempotencyKeyReused ? new HttpError(422, error.message) : error
  })
}
