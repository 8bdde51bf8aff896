import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { defineExercise } from '../exercise.ts'
import { type Outcome, sampledService } from '../sampled-service.ts'

type Module = typeof import('../../../phases/5-unified/solutions/5.1-sampling-that-keeps-errors.ts')

const TRACES = 10_000

/** Traces with an error in the root, in the middle, in the leaf, or everywhere. */
const FAILURES: readonly (readonly Outcome[])[] = [
  ['failed', 'unset'],
  ['unset', 'failed', 'ok', 'unset'],
  ['unset', 'unset', 'failed'],
  ['failed', 'failed'],
]

export default defineExercise<Module>({
  hints: [
    'Array.prototype.some tells whether any of the spans is as you want it. The status of a span is span.status.code.',
    'Number.parseInt(traceId.slice(-8), 16) is a number from 0 to 2 ** 32, different for each trace, the same in each service.',
    'If any status is SpanStatusCode.ERROR, return true. Otherwise return whether that number is below SHARE * 2 ** 32.',
  ],
  async check({ TailSampler }, claim, modulePath) {
    const gateway = sampledService(TailSampler)
    const failed = FAILURES.flatMap((outcomes) => newTraceIds(50).map((traceId) => ({ traceId, outcomes })))
    for (const { traceId, outcomes } of failed) gateway.serve(traceId, outcomes)
    const lost = failed.filter(({ traceId, outcomes }) => gateway.spansOf(traceId) !== outcomes.length)
    claim('every trace with an error is kept, with all its spans', lost.length === 0, {
      expected: `${failed.length} traces in which one span or more has failed, whether it is the root or not`,
      seen: `${failed.length - lost.length} of ${failed.length}; one that is lost has spans with status ${lost[0]?.outcomes.join(', ')}`,
      look: 'the status of all spans of the trace, not only of its root',
    })

    const traceIds = newTraceIds(TRACES)
    for (const traceId of traceIds) gateway.serve(traceId, ['unset', ...(randomInt(2) ? (['ok'] as const) : [])])
    const kept = traceIds.filter((traceId) => gateway.spansOf(traceId) > 0)
    // The standard deviation is 30; this allows five times as much.
    claim('of the others about one in ten is kept', Math.abs(kept.length - 0.1 * TRACES) < 150, {
      expected: `about ${0.1 * TRACES} of ${TRACES}, all of them without an error, and half of them with a status OK`,
      seen: String(kept.length),
      look: 'the share, 0.1, of all the numbers that are possible, and which part of a trace id is random',
    })

    const worker = new Worker(new URL('../sampling-worker.js', import.meta.url), {
      workerData: { modulePath, traceIds },
    })
    const [keptElsewhere] = (await once(worker, 'message')) as [string[]]
    const elsewhere = new Set(keptElsewhere)
    const torn = traceIds.filter((traceId) => elsewhere.has(traceId) !== gateway.spansOf(traceId) > 0)
    claim('two services keep the same traces', torn.length === 0, {
      expected: 'each trace from both services, or from none',
      seen: `${torn.length} traces of which only one service has kept its part`,
      look: 'what the choice depends on: both services know the trace id, and nothing else in common, not even memory',
    })
  },
})

/** As some generators make them: the time followed by random digits. */
function newTraceIds(count: number): string[] {
  const seconds = Math.floor(Date.now() / 1000).toString(16)
  return Array.from({ length: count }, () => seconds + randomBytes(12).toString('hex'))
}
