import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Intake } from './intake.ts'
import { ownRequestsAlone } from './own-requests.ts'
import type { Handover } from './remote-source.ts'

/** At most, in one answer. */
const LINES = 2000

/** In a process without a page of its own: hands over what there is to show, once, to the process that has the page. */
export const handoverRoute: FastifyPluginAsyncTypebox<{ intake: Intake; service: string }> = async (
  app,
  { intake, service },
) => {
  ownRequestsAlone(app)
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
      const { lines } = intake.log.read(after, LINES)
      return {
        instance,
        service,
        lines: lines.map(({ text }) => `${text}\n`).join(''),
        next: intake.log.end,
        spans: intake.pending.take().map(({ span }) => span),
      }
    },
  )
}
