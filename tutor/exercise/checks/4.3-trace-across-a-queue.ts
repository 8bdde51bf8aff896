import { randomBytes } from 'node:crypto'
import { TraceFlags, trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import fastifyPlugin from 'fastify-plugin'
import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'
import { spanNamed } from '../spans.ts'

type Module = typeof import('../../../phases/4-tracing/solutions/4.3-trace-across-a-queue.ts')

interface Message {
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

export default defineExercise<Module>({
  hints: [
    'propagation.inject(context, carrier) writes headers into the carrier; propagation.extract(context, carrier) gives a context back.',
    'The context to send is the one that is current: context.active(). The carrier is a plain object.',
    'headersToSend: propagation.inject(context.active(), headers). contextFrom: propagation.extract(ROOT_CONTEXT, headers).',
  ],
  async check({ send, receive }, claim) {
    const queue: string[] = []
    const booking = fastifyPlugin(async (app) => {
      app.get<{ Params: { id: string } }>('/book/:id', async ({ params }) => {
        send(queue, { booking: params.id })
        return { booked: true }
      })
    })
    const server = await servePhase(4, { plugin: booking })
    const book = async ({ sampled }: { sampled: boolean }) => {
      const caller = newCaller(sampled)
      await server.get(`/book/${crypto.randomUUID()}`, caller.headers)
      return { ...caller, message: JSON.parse(queue.at(-1) ?? '{}') as Message }
    }
    const receiveAll = () => {
      const bodies: unknown[] = []
      while (queue.length > 0) receive(queue, (body) => bodies.push(body))
      return bodies
    }
    const spanOf = async (name: string, { traceId }: Caller) => spanNamed(name, ofTrace(traceId, await server.spans()))

    const bookings = [await book({ sampled: true }), await book({ sampled: true })]
    const unsampled = await book({ sampled: false })
    const sent = await Promise.all(
      bookings.map(async (one) => {
        const { spanId = 'none' } = (await spanOf('send confirmation', one))?.spanContext() ?? {}
        return { ...one, spanId, seen: JSON.stringify(one.message.headers) }
      }),
    )
    const lost = sent.find(({ traceId, spanId, message }) => !isFrom(message, traceId, spanId, TraceFlags.SAMPLED))
    claim('the message carries the context of the span that sent it', lost === undefined, {
      expected: `in its headers a traceparent with the trace id ${lost?.traceId} and the span id ${lost?.spanId} of "send confirmation", sampled`,
      seen: `${lost?.seen}`,
      look: 'headersToSend, which is called while the span "send confirmation" is the current one',
    })
    claim('a trace that is not sampled stays so', flagsOf(unsampled.message) === TraceFlags.NONE, {
      expected: 'a traceparent without the flag for sampled, when the caller of the booking has not sampled its trace',
      seen: JSON.stringify(unsampled.message.headers),
      look: 'what writes the flags of the header: they differ from trace to trace',
    })
    const stateless = sent.find(({ message, state }) => message.headers?.tracestate !== state)
    claim('and what else travels with the trace', stateless === undefined, {
      expected: `tracestate: ${stateless?.state}, which the caller of the booking has sent`,
      seen: `${stateless?.seen}`,
      look: 'who knows all the headers of a trace: the propagator, which HTTP calls use, too',
    })

    const wanted = [...sent, unsampled].map(({ message }) => message.body)
    queue.reverse()
    const bodies = receiveAll()
    claim('the worker gets what was sent', JSON.stringify(bodies) === JSON.stringify(wanted.reverse()), {
      expected: JSON.stringify(wanted),
      seen: JSON.stringify(bodies),
      look: 'what is on the queue',
    })
    const worked = await Promise.all(
      sent.map(async (one) => ({ ...one, worker: await spanOf('process confirmation', one) })),
    )
    const orphan = worked.find(({ worker, spanId }) => worker?.parentSpanContext?.spanId !== spanId)
    claim('the worker’s span is a child of the sender’s', orphan === undefined, {
      expected: `process confirmation in trace ${orphan?.traceId}, below ${orphan?.spanId}`,
      seen: orphan?.worker ? `below ${orphan.worker.parentSpanContext?.spanId}` : 'no such span in that trace',
      look: 'contextFrom, which has to give the context that is in the headers',
    })

    const [remote, quiet] = [newCaller(true), newCaller(false)]
    for (const { headers } of [remote, quiet]) queue.push(JSON.stringify({ headers, body: { booking: 'b-2' } }))
    receiveAll()
    const far = await spanOf('process confirmation', remote)
    const seenState = far?.spanContext().traceState?.serialize()
    const isContinued = far?.parentSpanContext?.spanId === remote.spanId && seenState === remote.state
    claim('a message from another process continues its trace', isContinued, {
      expected: `process confirmation in trace ${remote.traceId}, below ${remote.spanId}, with tracestate ${remote.state}`,
      seen: far ? `below ${far.parentSpanContext?.spanId}, with tracestate ${seenState ?? 'none'}` : 'no such span',
      look: 'contextFrom: the message is all that the worker has',
    })
    const ghost = (await spanOf('process confirmation', quiet)) ?? (await spanOf('process confirmation', unsampled))
    claim('the worker sends no span of a trace that is not sampled', ghost === undefined, {
      expected: 'no span for messages whose traceparent says that the trace is not sampled',
      seen: `process confirmation in trace ${ghost?.spanContext().traceId}`,
      look: 'the flags in the traceparent',
    })

    const old = [{}, { headers: {} }, { headers: { traceparent: 'no traceparent' } }]
    for (const headers of old) queue.push(JSON.stringify({ ...headers, body: { booking: 'b-3' } }))
    let processed: unknown[] = []
    // A worker may receive messages while one of its own spans is active.
    trace.getTracer('worker').startActiveSpan('poll', (span) => {
      processed = receiveAll()
      span.end()
    })
    const spans = await server.spans()
    const poll = spanNamed('poll', spans)?.spanContext()
    const wrong = spans.find(({ parentSpanContext }) => parentSpanContext?.spanId === poll?.spanId)
    claim('a message without headers is processed, in a new trace', processed.length === 3 && wrong === undefined, {
      expected: 'a span without a parent for a message of an older sender',
      seen: processed.length < 3 ? 'a message was not processed' : 'a span below the worker’s own span "poll"',
      look: 'the context that contextFrom adds to: an empty one, or the one that happens to be active',
    })
  },
})

interface Caller {
  readonly traceId: string
  readonly spanId: string
  readonly state: string
  readonly headers: Readonly<Record<string, string>>
}

/** Another service and its headers. */
function newCaller(sampled: boolean): Caller {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')]
  const state = `vendor=${randomBytes(4).toString('hex')}`
  const traceparent = `00-${traceId}-${spanId}-0${Number(sampled)}`
  return { traceId, spanId, state, headers: { traceparent, tracestate: state } }
}

function isFrom(message: Message, traceId: string, spanId: string, flags: TraceFlags): boolean {
  return message.headers?.traceparent?.startsWith(`00-${traceId}-${spanId}-`) === true && flagsOf(message) === flags
}

/** The sampled flag of the message's traceparent; undefined without a valid one. */
function flagsOf({ headers }: Message): TraceFlags | undefined {
  const [, flags] = /^00-[\da-f]{32}-[\da-f]{16}-([\da-f]{2})$/.exec(headers?.traceparent ?? '') ?? []
  return flags === undefined ? undefined : Number.parseInt(flags, 16) & TraceFlags.SAMPLED
}

function ofTrace(traceId: string, spans: readonly ReadableSpan[]): ReadableSpan[] {
  return spans.filter((span) => span.spanContext().traceId === traceId)
}
