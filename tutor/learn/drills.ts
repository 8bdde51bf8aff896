import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Drills } from '../../lab/drill-wire.ts'
import { LabError } from '../../lab/lab-error.ts'
import { findIncident, incidents } from '../drill/incidents.ts'
import { root } from '../exercise/catalogue.ts'
import { ProgressFile } from '../progress/progress.ts'
import { DrillSession } from './drill-session.ts'
import { EventStreams } from './event-stream.ts'

/** When the server closes, nobody waits for the last answers of a drill. In milliseconds. */
const CLOSING_MS = 1500

/** The drills of `npm run drill`, one at a time. */
export const drillRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const streams = new EventStreams(app)
  const session = new DrillSession()
  const progress = new ProgressFile(root)
  app.addHook('onClose', () => session.stop(CLOSING_MS))

  app.get('/drills', (): Drills => {
    const { drills } = progress.read()
    return {
      drills: incidents.map(({ id, title }) => ({ id, title, progress: drills[id] ?? null })),
      running: session.running,
    }
  })

  app.post(
    '/drills/:id',
    {
      schema: {
        params: Type.Object({ id: Type.String({ pattern: '^\\d{1,3}$' }) }),
        body: Type.Object({
          calm: Type.Integer({ minimum: 1, maximum: 600, default: 25 }),
          seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 999_999_999 })),
        }),
      },
    },
    async ({ params: { id }, body }, reply) => {
      const incident = findIncident(id)
      if (incident === undefined) throw new LabError(404, `There is no incident ${id}.`)
      if (session.running !== null) throw new LabError(409, `Drill ${session.running} is running. End it first.`)
      session.start(incident, body)
      return reply.code(202).send({})
    },
  )

  app.get('/drill/events', (_request, reply) => {
    const stream = streams.open(reply)
    stream.onEnd(session.follow((event) => stream.send('drill', event)))
  })

  app.post(
    '/drill/say',
    { schema: { body: Type.Object({ line: Type.String({ minLength: 1, maxLength: 20_000 }) }) } },
    async ({ body: { line } }, reply) => {
      if (session.running === null) throw new LabError(409, 'No drill is running.')
      session.say(line.replace(/\s*\n\s*/g, ' '))
      return reply.code(202).send({})
    },
  )

  app.post('/drill/stop', async (_request, reply) => {
    await session.stop()
    return reply.code(202).send({})
  })
}
