import { SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
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
    const failures: Readonly<Record<string, Error>> = {
      observability: new TypeError(`the rating service sent no JSON but ${crypto.randomUUID()}`),
      node: new RangeError(`a rating of ${crypto.randomUUID()}`),
    }
    const askRatingService = async (course: string): Promise<number> => {
      const failure = failures[course]
      if (failure) throw failure
      return 4.8
    }
    const server = await servePhase(4, { plugin: [ratings, { askRatingService }] })
    const rate = async (course: string) => {
      const traceId = crypto.randomUUID().replaceAll('-', '')
      const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
      const { status, body } = await server.get(`/rating/${course}`, { traceparent }).catch((error: Error) => {
        if (!Object.values(failures).includes(error)) throw error
        return { status: 500, body: error.message }
      })
      return { course, traceId, answer: `status ${status}, ${body}` }
    }
    const answered = await Promise.all(['observability', 'node', 'fastify'].map(rate))
    const spans = await server.spans()
    const seen = answered.map((one) => ({ ...one, ...tracedAs(one.traceId, spans), failure: failures[one.course] }))
    const failed = seen.filter(({ failure }) => failure !== undefined)

    const expected: Record<string, string> = {
      observability: 'status 200, {"course":"observability","rating":4.5}',
      node: 'status 200, {"course":"node"}',
      fastify: 'status 200, {"course":"fastify","rating":4.8}',
    }
    const noticed = seen.find(({ course, answer }) => answer !== expected[course])
    claim('the customer notices nothing', noticed === undefined, {
      expected: `${expected[noticed?.course ?? '']}: the last known rating, if there is one`,
      seen: `${noticed?.answer}`,
      look: 'what the catch block returns',
    })
    const unmarked = failed.find(({ call }) => call?.status.code !== SpanStatusCode.ERROR)
    claim('the span of the call has failed', unmarked === undefined, {
      expected: 'the span ask_rating_service with status ERROR',
      seen: statusOf('ask_rating_service', unmarked?.call),
      look: 'the status of a span: it is UNSET until your code sets it',
    })
    const vague = failed.find(({ call, failure }) => !says(call, failure))
    claim('and says why', vague === undefined, {
      expected: `one event "exception" on it, with the message and the stack of the error: "${vague?.failure?.message}"`,
      seen: exceptionsOf(vague?.call),
      look: 'what the catch block has caught, which may be any error, and how a span records an exception',
    })
    const blamed = failed.find(({ root }) => root?.status.code !== SpanStatusCode.UNSET)
    claim('the request has not failed', blamed === undefined, {
      expected: 'the span GET /rating/:course with status UNSET, because the request was answered',
      seen: statusOf('GET /rating/:course', blamed?.root),
      look: 'which span you have marked',
    })
    const well = seen.find(({ failure }) => failure === undefined)?.call
    const isUnmarked = well?.status.code === SpanStatusCode.UNSET && well.events.length === 0
    claim('a call that went well is not marked', isUnmarked, {
      expected: 'status UNSET and no event when the rating service has answered',
      seen: `${statusOf('ask_rating_service', well)}, ${exceptionsOf(well)}`,
      look: 'that only the catch block marks the span',
    })
  },
})

function tracedAs(traceId: string, spans: readonly ReadableSpan[]) {
  const own = spans.filter((span) => span.spanContext().traceId === traceId)
  return { call: spanNamed('ask_rating_service', own), root: spanNamed('GET /rating/:course', own) }
}

function says(call: ReadableSpan | undefined, failure: Error | undefined): boolean {
  const exceptions = call?.events.filter(({ name }) => name === 'exception') ?? []
  const { 'exception.message': message, 'exception.stacktrace': stack } = exceptions[0]?.attributes ?? {}
  return exceptions.length === 1 && message === failure?.message && stack === failure?.stack
}

function statusOf(name: string, span: ReadableSpan | undefined): string {
  return span === undefined ? `no span ${name}` : `${name} with status ${STATUS[span.status.code]}`
}

function exceptionsOf(span: ReadableSpan | undefined): string {
  const events = span?.events.map(({ name, attributes }) => {
    const { 'exception.message': message, 'exception.stacktrace': stack } = attributes ?? {}
    return `"${name}" with the message ${JSON.stringify(message)} and ${stack === undefined ? 'no' : 'a'} stack`
  })
  return events?.join(' and ') || 'no event'
}
