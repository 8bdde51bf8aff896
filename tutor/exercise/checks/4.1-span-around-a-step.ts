import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'
import { childrenOf, spanNamed, treeOf } from '../spans.ts'

type Module = typeof import('../../../phases/4-tracing/solutions/4.1-span-around-a-step.ts')

export default defineExercise<Module>({
  hints: [
    'tracer.startActiveSpan(name, async (span) => { … }) makes the span the current one for as long as the function runs, and gives back what it returns.',
    'Set the attribute when you have the number: span.setAttribute("discount.percent", percent).',
    'try { … } finally { span.end() }: the span ends when the step throws, too.',
  ],
  async check({ quotes }, claim) {
    const server = await servePhase(4, { plugin: quotes })
    const { body } = await server.get('/quote/ada')
    claim('the answer is what it was', body === '{"price":4459}', {
      expected: '{"price":4459}',
      seen: body,
      look: 'what computeDiscount returns',
    })
    const spans = await server.spans()
    const step = spanNamed('compute_discount', spans)
    const root = spanNamed('GET /quote/:customer', spans)
    const isBelowRequest = step !== undefined && root !== undefined && childrenOf(root, spans).includes(step)
    claim('there is a span compute_discount below that of the request', isBelowRequest, {
      expected: 'GET /quote/:customer > compute_discount',
      seen: treeOf(spans),
      look: 'the name of the span, and that it is ended',
    })
    const inner = step && childrenOf(step, spans).map(({ name }) => name)
    claim('what the step does inside hangs below it', inner?.join() === 'look_up_customer', {
      expected: 'GET /quote/:customer > compute_discount > look_up_customer',
      seen: treeOf(spans),
      look: 'which span is the current one while discountFor runs: startSpan does not change that',
    })
    claim('it says which discount came out', step?.attributes['discount.percent'] === 9, {
      expected: 'the attribute discount.percent: 9',
      seen: JSON.stringify(step?.attributes),
      look: 'span.setAttribute, with a number',
    })

    await fetch(`${server.url}/quote/nobody`)
    const count = (await server.spans()).filter(({ name }) => name === 'compute_discount').length
    claim('the span is there when the step throws, too', count === 2, {
      expected: 'a span compute_discount for the customer "nobody", who does not exist',
      seen: count < 2 ? 'none: the span was begun and never ended' : `${count - 1} spans`,
      look: 'what runs after an error: the lines below do not, finally does',
    })
  },
})
