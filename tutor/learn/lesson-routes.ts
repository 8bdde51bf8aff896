import type { ServerResponse } from 'node:http'
import { resolve } from 'node:path'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { LabError } from '../../lab/lab-error.ts'
import type { LearnPath, LessonDocument, LessonStep, RunResult } from '../../lab/lesson-wire.ts'
import { loadConfig } from '../../src/config.ts'
import { LESSONS } from '../check/lessons.ts'
import { checkLesson } from './checks.ts'
import { NotUnderstood } from './command-line.ts'
import { documentWith, learnPath } from './lessons.ts'
import { runStep } from './steps.ts'

const Ids = Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 40 }))

/** The lessons, their commands and their claims: see lab/lesson-wire.ts. */
export const lessonRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const ended = new AbortController()
  app.addHook('preClose', async () => ended.abort())

  app.get('/path', (): LearnPath => learnPath())

  app.get(
    '/documents/:id',
    { schema: { params: Type.Object({ id: Type.String({ maxLength: 40 }) }) } },
    ({ params: { id } }): LessonDocument => documentOf(id),
  )

  app.post(
    '/run',
    {
      schema: {
        body: Type.Object({
          document: Type.String({ maxLength: 40 }),
          line: Type.Integer({ minimum: 1 }),
          command: Type.String({ maxLength: 4000 }),
          since: Type.String({ pattern: '^(\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z)?$' }),
          ids: Ids,
        }),
      },
    },
    async ({ body }, reply): Promise<RunResult> => {
      const step = stepOf(body.document, body.line)
      const signal = AbortSignal.any([ended.signal, closedSignal(reply.raw)])
      try {
        return await runStep(body, step.printed, { ...whereItIs(), since: body.since, signal })
      } catch (error) {
        if (error instanceof NotUnderstood) throw new LabError(422, `A terminal is needed for ${error.message}.`)
        throw error
      }
    },
  )

  app.post(
    '/check/:lesson',
    { schema: { params: Type.Object({ lesson: Type.Integer() }) } },
    ({ params: { lesson } }, reply) => {
      if (!LESSONS.includes(lesson)) throw new LabError(404, `There is no lesson ${lesson}.`)
      const signal = AbortSignal.any([ended.signal, closedSignal(reply.raw)])
      return reply
        .type('application/x-ndjson; charset=utf-8')
        .send(checkLesson(lesson, whereItIs().environment, signal))
    },
  )

  /** Where this server is, for requests of the lessons and for programs that look for it. */
  function whereItIs() {
    const address = app.server.address()
    if (address === null || typeof address === 'string') throw new LabError(503, 'The server does not listen yet.')
    const host = address.address === '0.0.0.0' || address.address === '::' ? '127.0.0.1' : address.address
    const logFile = loadConfig(process.argv.slice(2)).LOG_FILE
    const absolute = logFile === '' ? '' : resolve(logFile)
    return {
      ownUrl: `http://${address.family === 'IPv6' && host.includes(':') ? `[${host}]` : host}:${address.port}`,
      logFile: absolute,
      environment: { HOST: host, PORT: String(address.port), LOG_FILE: absolute },
    }
  }
}

function documentOf(id: string): LessonDocument {
  const document = documentWith(id)
  if (document === undefined) throw new LabError(404, `There is no document ${id}.`)
  return document
}

function stepOf(id: string, line: number): LessonStep {
  const steps = documentOf(id).blocks.flatMap((block) => (block.kind === 'console' ? block.steps : []))
  const step = steps.find((one) => one.line === line)
  if (step === undefined) throw new LabError(404, 'The lesson has changed: reload the page.')
  return step
}

/** Aborts when the client has gone before the answer. */
function closedSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => controller.abort())
  return controller.signal
}
