import { join } from 'node:path'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type {
  DataCommands,
  ExerciseDetails,
  ExerciseSummary,
  Exercises,
  Hints,
  Reset,
  Solution,
} from '../../lab/exercise-wire.ts'
import { LabError } from '../../lab/lab-error.ts'
import { catalogue, definitionOf, type Entry, root } from '../exercise/catalogue.ts'
import { handedOut } from '../exercise/handed-out.ts'
import { type GivenHints, giveHint, givenHints } from '../exercise/hints.ts'
import { diffToSolution, learnerText, reset } from '../exercise/learner-file.ts'
import { saveData } from '../exercise/shown-data.ts'
import { stateOf } from '../exercise/state.ts'
import { lineOfAnswer, taskOf } from '../exercise/task.ts'
import { EventStreams } from './event-stream.ts'
import { ExerciseWatches } from './exercise-watch.ts'

const params = Type.Object({ number: Type.String({ pattern: '^\\d\\.\\d{1,2}$' }) })

/** The exercises of `npm run exercise`, with the same files and the same progress. */
export const exerciseRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const streams = new EventStreams(app)
  const watches = new ExerciseWatches()
  app.addHook('onClose', () => watches.close())

  app.get('/exercises', (): Exercises => ({ exercises: catalogue().map(summaryOf) }))

  app.get(
    '/exercises/:number',
    { schema: { params } },
    async ({ params: { number } }): Promise<ExerciseDetails> => await detailsOf(entryOf(number)),
  )

  app.get('/exercises/:number/events', { schema: { params } }, ({ params: { number } }, reply) => {
    const { number: known } = entryOf(number)
    const stream = streams.open(reply)
    stream.onEnd(watches.follow(known, (event) => stream.send('check', event)))
  })

  app.post(
    '/exercises/:number/hint',
    { schema: { params } },
    async ({ params: { number } }): Promise<Hints> => asHints(await giveHint(entryOf(number))),
  )

  app.get('/exercises/:number/solution', { schema: { params } }, ({ params: { number } }): Solution => {
    const diff = diffToSolution(entryOf(number))
    return { diff: /^@@/m.test(diff) ? diff : '' }
  })

  app.post('/exercises/:number/reset', { schema: { params } }, ({ params: { number } }): Reset => {
    return { kept: reset(entryOf(number)) ?? null }
  })

  app.post('/exercises/:number/data', { schema: { params } }, async ({ params: { number } }): Promise<DataCommands> => {
    const entry = entryOf(number)
    const { data } = await definitionOf(entry)
    if (data === undefined) throw new LabError(404, `Exercise ${number} has no data to look at.`)
    const { flags, example } = saveData(entry, data())
    return { serve: `npm run query -- ${flags}`, ask: example }
  })
}

function entryOf(number: string): Entry {
  const entry = catalogue().find((found) => found.number === number)
  if (entry === undefined) throw new LabError(404, `There is no exercise ${number}.`)
  return entry
}

/** What lists of exercises say about one. */
export function summaryOf(entry: Entry): ExerciseSummary {
  const { number, lesson, title } = entry
  return { number, lesson, title, state: stateOf(entry) }
}

async function detailsOf(entry: Entry): Promise<ExerciseDetails> {
  const { data } = await definitionOf(entry)
  return {
    ...summaryOf(entry),
    task: taskOf(entry),
    file: entry.file,
    path: join(root, entry.file),
    line: lineOfAnswer(learnerText(entry) ?? handedOut(entry), entry),
    ...asHints(await givenHints(entry)),
    has_data: data !== undefined,
  }
}

function asHints({ given, of }: GivenHints): Hints {
  return { hints: given, hint_count: of }
}
