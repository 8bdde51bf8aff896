import { SpanStatusCode } from '@opentelemetry/api'
import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'
import { spanNamed } from '../spans.ts'

type Module = typeof import('../../../phases/4-tracing/solutions/4.2-error-in-the-trace.ts')

const STATUS = { [SpanStatusCode.UNSET]: 'UNSET', [SpanStatusCode.OK]: 'OK', [SpanStatusCode.ERROR]: 'ERROR' }

export default defineExercise<Module>({
  hints: [
    'Two things make an error of a span: span.setStatus and span.recordException.',
    'fail(span, error) does both. An error that was caught is `unknown` to TypeScript: error as Error.',
    'fail(span, error as Error), in the line before the return.',
  ],
  async check({ ratings }, claim) {
    const server = await servePhase(4, { plugin: ratings })
    const { status, body } = await server.get('/rating/observability')
    claim('the customer notices nothing', status === 200 && body.includes('4.5'), {
      expected: 'status 200 with the last known rating, 4.5',
      seen: `status ${status}, ${body}`,
      look: 'what the catch block returns',
    })
    const spans = await server.spans()
    const call = spanNamed('ask_rating_service', spans)
    const seen = call ? `status ${STATUS[call.status.code]}` : 'no span ask_rating_service'
    claim('the span of the call has failed', call?.status.code === SpanStatusCode.ERROR, {
      expected: 'the span ask_rating_service with status ERROR',
      seen,
      look: 'the status of a span is UNSET until somebody sets it',
    })
    const exception = call?.events.find(({ name }) => name === 'exception')?.attributes
    claim('and says why', String(exception?.['exception.message']).includes('no JSON'), {
      expected: 'an event "exception" on it, with the message "the rating service sent no JSON"',
      seen: exception ? JSON.stringify(exception['exception.message']) : 'no such event',
      look: 'span.recordException',
    })
    const root = spanNamed('GET /rating/:course', spans)
    claim('the request has not failed', root?.status.code === SpanStatusCode.UNSET, {
      expected: 'the span GET /rating/:course with status UNSET, for it was answered',
      seen: root ? `status ${STATUS[root.status.code]}` : 'no such span',
      look: 'which span you have marked',
    })

    await server.get('/rating/node')
    const well = (await server.spans()).filter(({ name }) => name === 'ask_rating_service').at(-1)
    claim('a call that went well is not marked', well?.status.code === SpanStatusCode.UNSET, {
      expected: 'status UNSET when the rating service has answered',
      seen: well ? `status ${STATUS[well.status.code]}` : 'no such span',
      look: 'that only the catch block marks the span',
    })
  },
})
