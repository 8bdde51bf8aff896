import { randomInt } from 'node:crypto'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'
import { childrenOf, spanNamed, treeOf } from '../spans.ts'

type Module = typeof import('../../../phases/4-tracing/solutions/4.1-span-around-a-step.ts')

export default defineExercise<Module>({
  hints: [
    'tracer.startActiveSpan(name, async (span) => { … }) makes the span the current one for as long as the function runs, and gives back what it returns.',
    'Set the attribute when you have the number: span.setAttribute("course_app.discount.percent", percent).',
    'try { … } finally { span.end() }: the span ends when the step throws, too.',
  ],
  async check({ quotes }, claim) {
    const server = await servePhase(4, { plugin: quotes })
    // Concurrent quotes for several customers. The discount is 3 % for each letter of the name.
    const quoted = await Promise.all(
      randomCustomers(3).map(async (customer) => {
        const traceId = newTraceId()
        const { body } = await server.get(`/quote/${customer}`, { traceparent: sampled(traceId) })
        return { traceId, body, percent: 3 * customer.length }
      }),
    )
    const all = await server.spans()
    const quotesSeen = quoted.map((quote) => ({ ...quote, spans: ofTrace(quote.traceId, all) }))

    const wrong = quotesSeen.find(({ body, percent }) => body !== priceLess(percent))
    claim('the answer is what it was', wrong === undefined, {
      expected: priceLess(wrong?.percent ?? 0),
      seen: `${wrong?.body}`,
      look: 'what computeDiscount returns',
    })
    const apart = quotesSeen.find(({ spans }) => !isChild('compute_discount', 'GET /quote/:customer', spans))
    claim('there is a span compute_discount below that of the request', apart === undefined, {
      expected: 'GET /quote/:customer > compute_discount',
      seen: treeOf(apart?.spans ?? []),
      look: 'the name of the span, and that it is ended',
    })
    const tree = 'GET /quote/:customer > compute_discount > look_up_customer'
    const flat = quotesSeen.find(({ spans }) => treeOf(spans) !== tree)
    claim('what the step does inside hangs below it', flat === undefined, {
      expected: tree,
      seen: treeOf(flat?.spans ?? []),
      look: 'which span is the current one while discountFor runs, once: startSpan does not change that',
    })
    const early = quotesSeen.find(({ spans }) => lasted('compute_discount', spans) < lasted('look_up_customer', spans))
    claim('the span lasts as long as the step', early === undefined, {
      expected: 'a span that takes at least as long as look_up_customer inside it',
      seen: `${lasted('compute_discount', early?.spans ?? [])} ms, of which look_up_customer alone took ${lasted('look_up_customer', early?.spans ?? [])} ms`,
      look: 'when the span is ended: before the work is done, or after it',
    })
    const mute = quotesSeen.find(({ spans, percent }) => percentOf(spans) !== percent)
    claim('it says which discount came out', mute === undefined, {
      expected: `the attribute course_app.discount.percent with the discount of this very customer, the number ${mute?.percent}`,
      seen: JSON.stringify(spanNamed('compute_discount', mute?.spans ?? [])?.attributes),
      look: 'span.setAttribute, with a number, before the span is ended',
    })

    const traceId = newTraceId()
    const failed = await server.get('/quote/nobody', { traceparent: sampled(traceId) }).catch((error: Error) => error)
    claim('a step that throws fails the request, as before', isFailure(failed), {
      expected: 'the error of discountFor to reach the request: "there is no such customer"',
      seen: failed instanceof Error ? failed.message : `status ${failed.status}, ${failed.body}`,
      look: 'what your part does with an error: it is not the one to handle it',
    })
    const spans = ofTrace(traceId, await server.spans())
    const isThere = isChild('compute_discount', 'GET /quote/:customer', spans) && treeOf(spans) === tree
    claim('the span is there when the step throws, too', isThere, {
      expected: `${tree}, for the customer "nobody", who does not exist`,
      seen: treeOf(spans),
      look: 'what runs after an error: the lines below do not',
    })
  },
})

/** Customers whose names differ in length, and so in their discount. */
function randomCustomers(count: number): string[] {
  const shortest = randomInt(2, 8)
  return Array.from({ length: count }, (_, i) => newTraceId().slice(0, shortest + 2 * i))
}

function priceLess(percent: number): string {
  return JSON.stringify({ price: 4900 * (1 - percent / 100) })
}

function newTraceId(): string {
  return crypto.randomUUID().replaceAll('-', '')
}

function sampled(traceId: string): string {
  return `00-${traceId}-00f067aa0ba902b7-01`
}

function ofTrace(traceId: string, spans: readonly ReadableSpan[]): ReadableSpan[] {
  return spans.filter((span) => span.spanContext().traceId === traceId)
}

function isChild(name: string, parentName: string, spans: readonly ReadableSpan[]): boolean {
  const parent = spanNamed(parentName, spans)
  return parent !== undefined && childrenOf(parent, spans).some((span) => span.name === name)
}

/** In milliseconds. */
function lasted(name: string, spans: readonly ReadableSpan[]): number {
  const [seconds, nanoseconds] = spanNamed(name, spans)?.duration ?? [0, 0]
  return seconds * 1000 + nanoseconds / 1e6
}

function percentOf(spans: readonly ReadableSpan[]): unknown {
  return spanNamed('compute_discount', spans)?.attributes['course_app.discount.percent']
}

function isFailure(outcome: unknown): boolean {
  return outcome instanceof Error && outcome.message === 'there is no such customer'
}
