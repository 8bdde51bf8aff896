import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { problemThat } from '../../platform/problem-schema.ts'
import type { Idempotency } from '../idempotency.ts'

/** For a route's `response`: the headers of an answer that can be replayed. */
export const replayHeaders = {
  'idempotency-replayed': Type.Optional(
    Type.Literal('true', { description: 'Only on the answer to an earlier request with this `idempotency-key`.' }),
  ),
}

export const keyReused = problemThat('The `idempotency-key` was used for another request.')

/** The `Idempotency-Key` of a request, if it has one. A replayed answer gets the header `Idempotency-Replayed`. */
export function idempotencyOf({ headers }: FastifyRequest, reply: FastifyReply): Idempotency | undefined {
  const key = headers['idempotency-key'] as string | undefined
  return key === undefined ? undefined : { key, onReplay: () => reply.header('idempotency-replayed', 'true') }
}
