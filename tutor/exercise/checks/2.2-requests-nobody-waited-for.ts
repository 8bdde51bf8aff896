import { setTimeout as delay } from 'node:timers/promises'
import fastifyPlugin from 'fastify-plugin'
import { defineExercise } from '../exercise.ts'
import { type LogLine, servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/2-request-logging/solutions/2.2-requests-nobody-waited-for.ts')

/** In milliseconds. Clearly below the 50 that the exercise calls slow: a latency near it could count as either. */
const SURELY_FAST = 40
/** In milliseconds. On a busy machine two clock readings may be this far apart. */
const TOLERANCE = 40

export default defineExercise<Module>({
  hints: [
    'The course has a plugin that tells when a request is over, however it ends: request-end.',
    'app.onRequestEnd calls your function with one object: { request, reply, status, latency }.',
    'app.onRequestEnd(({ request, status, latency }) => …) in place of the onResponse hook, with warnIfSlow in it.',
  ],
  async check({ slowRequests }, claim) {
    const handlers: Promise<void>[] = []
    const plugin = fastifyPlugin(async (app) => {
      await app.register(slowRequests)
      app.get<{ Params: { status: number; ms: number } }>('/work/:status/:ms', async ({ params }, reply) => {
        const work = delay(Number(params.ms))
        handlers.push(work)
        await work
        reply.code(Number(params.status))
        return 'done'
      })
    })
    const server = await servePhase(2, { plugin })
    const answer = async (status: number, ms: number): Promise<string> => {
      const id = crypto.randomUUID()
      await server.get(`/work/${status}/${ms}`, { 'x-request-id': id })
      return id
    }
    const abortAfter = async (ms: number): Promise<string> => {
      const id = crypto.randomUUID()
      await server.hangUp('/work/200/400', ms, { 'x-request-id': id })
      return id
    }
    /** The log lines about requests whose handlers have finished. */
    const outcomesOf = async (ids: readonly string[]) => {
      await Promise.all(handlers)
      const log = await server.log()
      return ids.map((id) => outcomeOf(log.filter(({ request_id }) => request_id === id)))
    }

    const answered = await outcomesOf(await Promise.all([answer(200, 70), answer(404, 90), answer(503, 120)]))
    const missing = answered.find(({ status, reports }) => reports[0]?.status !== status)
    claim('a slow request that is answered is reported', missing === undefined, {
      expected: `a line "slow request" with status ${missing?.status}, under the id of its request`,
      seen: asText(missing?.reports),
      look: 'warnIfSlow, which has to be called for every request',
    })
    const broken = await outcomesOf(await Promise.all([abortAfter(70), abortAfter(250)]))
    const lost = broken.find(({ reports }) => reports[0]?.status !== 499)
    claim('a slow request that its caller broke off is reported, too', lost === undefined, {
      expected: 'a line "slow request" with status 499, which says that the caller did not wait for the answer',
      seen: asText(lost?.reports),
      look: 'when your function is called: there was no answer, so "after the answer" never comes',
    })
    const all = [...answered, ...broken]
    const repeated = all.find(({ reports }) => reports.length > 1)
    claim('each is reported once', repeated === undefined, {
      expected: 'one line "slow request" for each slow request',
      seen: asText(repeated?.reports),
      look: 'whether two hooks, or a hook and a listener, report the same request',
    })
    const wrong = all.find(({ latency, reports }) => Math.abs(Number(reports[0]?.latency) - latency) > TOLERANCE)
    claim('the report says how long the request took', wrong === undefined, {
      expected: 'the latency from the start of the request to its end, in milliseconds',
      seen: `the latency is ${wrong?.reports[0]?.latency} for a request that ended after ${wrong?.latency.toFixed()} ms`,
      look: 'where the latency comes from',
    })

    const fast = await outcomesOf(await Promise.all([answer(200, 1), abortAfter(1), answer(200, 1), abortAfter(1)]))
    const accused = fast.find(({ latency, reports }) => latency < SURELY_FAST && reports.length > 0)
    claim('a fast request is not reported, however it ends', accused === undefined, {
      expected: 'no line "slow request" for a request that took less than 50 ms',
      seen: `${asText(accused?.reports)} for a request that ended after ${accused?.latency.toFixed()} ms`,
      look: 'the latency that warnIfSlow is called with',
    })
  },
})

/** A request according to the log: its status, its latency, and the reports of slowness. */
function outcomeOf(lines: readonly LogLine[]) {
  const end = lines.find(({ message }) => message === 'request completed')
  return {
    status: end?.status,
    latency: Number(end?.latency),
    reports: lines.filter(({ message }) => message === 'slow request'),
  }
}

function asText(reports: readonly LogLine[] = []): string {
  const lines = reports.map(({ status, latency }) => `"slow request" with status ${status} and latency ${latency}`)
  return lines.join(' and ') || 'no such line'
}
