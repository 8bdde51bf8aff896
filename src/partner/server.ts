import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { handoverRoute } from '../../lab/handover-route.ts'
import type { Phase } from '../../phases/phase.ts'
import type { Config } from '../config.ts'
import { addPhase, createServer } from '../platform/server.ts'

/** A second, tiny service, so that a trace has another process to cross into. */
export function buildPartner(config: Config, phase: Phase): FastifyInstance {
  const app = createServer({ config }, phase)
  addPhase(app, { config }, phase)
  if (config.LAB === 'on') app.register(handoverRoute, { service: config.OTEL_SERVICE_NAME })
  app.register(simulator)
  app.register(hop, { service: config.OTEL_SERVICE_NAME })
  app.get('/livez', { config: { traced: false } }, () => ({ status: 'alive' }))
  return app
}

/** Answers as the path says. The paths are those of httpbin, which can replace it. */
const simulator: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/status/:code',
    { schema: { params: Type.Object({ code: Type.Integer({ minimum: 200, maximum: 599 }) }) } },
    (request, reply) => reply.code(request.params.code).send({ status: request.params.code }),
  )

  app.get(
    '/delay/:seconds',
    { schema: { params: Type.Object({ seconds: Type.Number({ minimum: 0, maximum: 10 }) }) } },
    async ({ params: { seconds } }) => {
      await delay(seconds * 1000)
      return { delay: seconds }
    },
  )
}

/** Returns the trace context that has arrived here. */
const hop: FastifyPluginAsyncTypebox<{ service: string }> = async (app, { service }) => {
  app.get('/hop', ({ headers }) => ({
    service,
    protocol: 'http',
    traceparent: headers.traceparent ?? null,
    baggage: headers.baggage ?? null,
  }))
}
