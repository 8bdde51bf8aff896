import { trace } from '@opentelemetry/api'
import fastifyPlugin from 'fastify-plugin'
import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'
import { spanNamed } from '../spans.ts'

type Module = typeof import('../../../phases/4-tracing/solutions/4.3-trace-across-a-queue.ts')

export default defineExercise<Module>({
  hints: [
    'propagation.inject(context, carrier) writes headers into the carrier; propagation.extract(context, carrier) gives a context back.',
    'The context to send is the one that is current: context.active(). The carrier is a plain object.',
    'headersToSend: propagation.inject(context.active(), headers). contextFrom: propagation.extract(ROOT_CONTEXT, headers).',
  ],
  async check({ send, receive }, claim) {
    const queue: string[] = []
    const booking = fastifyPlugin(async (app) => {
      app.get('/book', async () => {
        send(queue, { booking: 'b-1' })
        return { booked: true }
      })
    })
    const server = await servePhase(4, { plugin: booking })
    await server.get('/book')

    const message = JSON.parse(queue[0] ?? '{}') as { headers?: Record<string, string>; body?: unknown }
    const sender = spanNamed('send confirmation', await server.spans())
    const { traceId, spanId } = sender?.spanContext() ?? { traceId: '?', spanId: '?' }
    claim(
      'the message carries the context of the span that sent it',
      message.headers?.traceparent === `00-${traceId}-${spanId}-03`,
      {
        expected: `traceparent: 00-${traceId}-${spanId}-01 in the message's headers`,
        seen: JSON.stringify(message.headers),
        look: 'headersToSend, which is called while the span "send confirmation" is the current one',
      },
    )

    const bodies: unknown[] = []
    receive(queue, (body) => bodies.push(body))
    claim('the worker gets what was sent', JSON.stringify(bodies) === '[{"booking":"b-1"}]', {
      expected: '{"booking":"b-1"}',
      seen: JSON.stringify(bodies),
      look: 'what is on the queue',
    })
    const worker = spanNamed('process confirmation', await server.spans())
    const parent = worker?.parentSpanContext
    const continues = worker?.spanContext().traceId === traceId && parent?.spanId === spanId
    claim('the worker’s span is a child of the sender’s', continues, {
      expected: `process confirmation in trace ${traceId}, below ${spanId}`,
      seen: `in trace ${worker?.spanContext().traceId}, ${parent ? `below ${parent.spanId}` : 'without a parent'}`,
      look: 'contextFrom, which has to give the context that is in the headers',
    })

    queue.push(JSON.stringify({ body: { booking: 'b-2' } }))
    // As a worker may well do, while a span of its own is the current one.
    trace.getTracer('worker').startActiveSpan('poll', (span) => {
      receive(queue, (body) => bodies.push(body))
      span.end()
    })
    const last = (await server.spans()).filter(({ name }) => name === 'process confirmation').at(-1)
    claim(
      'a message without headers is processed, in a trace of its own',
      bodies.length === 2 && last?.parentSpanContext === undefined,
      {
        expected: 'a span without a parent for a message of an older sender',
        seen: bodies.length < 2 ? 'the message was not processed' : `a span below ${last?.parentSpanContext?.spanId}`,
        look: 'the context that contextFrom adds to: ROOT_CONTEXT is empty, the active one is not',
      },
    )
  },
})
