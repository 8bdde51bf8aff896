import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ownRequestsAlone } from './own-requests.ts'
import type { Handover } from './remote-source.ts'
import { bufferTelemetry } from './telemetry-buffer.ts'

/** Maximum of one answer. */
const LINES = 2000

/**
 * Hands over the telemetry of a process without a page, once, to the process with the page. Registered after a
 * phase's plugins.
 */
export const handoverRoute: FastifyPluginAsyncTypebox<{ service: string }> = async (app, { service }) => {
  ownRequestsAlone(app)
  const buffer = bufferTelemetry(app)
  const instance = randomUUID()

  app.get(
    '/lab/handover',
    {
      schema: {
        hide: true,
        querystring: Type.Object({
          instance: Type.String({ default: '' }),
          after: Type.Integer({ minimum: 0, default: 0 }),
        }),
      },
    },
    ({ query }): Handover => {
      const after = query.instance === instance ? query.after : 0
      const { lines } = buffer.log.read(after, LINES)
      return {
        instance,
        service,
        lines: lines.map(({ text }) => `${text}\n`).join(''),
        next: buffer.log.end,
        spans: buffer.pending.take().map(({ span }) => span),
      }
    },
  )
}
