import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { AllProgress } from '../../lab/progress-wire.ts'
import { catalogue, root } from '../exercise/catalogue.ts'
import { forgetAll } from '../exercise/progress.ts'
import { ProgressFile } from '../progress/progress.ts'
import { summaryOf } from './exercises.ts'

/** What the learner has done so far, from the files in `.tutor`. */
export const progressRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const file = new ProgressFile(root)

  function all(): AllProgress {
    const exercises = catalogue().map(summaryOf)
    return { ...file.read(), exercises: exercises.map(({ number, title, state }) => ({ number, title, state })) }
  }

  app.get('/progress', all)

  app.get('/progress/export', (_request, reply) => {
    reply.header('content-disposition', 'attachment; filename="progress.json"')
    return reply.type('application/json; charset=utf-8').send(`${JSON.stringify(all(), null, 2)}\n`)
  })

  app.post(
    '/progress/lessons/:lesson',
    {
      schema: {
        params: Type.Object({ lesson: Type.String({ pattern: '^\\d$' }) }),
        body: Type.Object({
          section: Type.Optional(Type.String({ maxLength: 200 })),
          done: Type.Optional(Type.Boolean()),
        }),
      },
    },
    ({ params: { lesson }, body }): AllProgress => {
      file.rememberLesson(lesson, body)
      return all()
    },
  )

  app.post('/progress/clear', (): AllProgress => {
    file.clear()
    forgetAll()
    return all()
  })
}
