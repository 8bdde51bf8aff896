/**
 * Exercise 4.1: A span around a step
 *
 * Quotes are slow for some customers, and the step that computes the discount is suspected. It has a span, but the span
 * is of little use. What the step does inside hangs beside it instead of below it. The span does not say which discount
 * came out. And when the step throws there is no span at all, just when you want to see it.
 *
 * Make `compute_discount` the current span while the step runs, give it the attribute `course_app.discount.percent`, and end it
 * whatever happens. A span that is not ended is never sent.
 *
 * Where to look: `startActiveSpan`, https://opentelemetry.io/docs/languages/js/instrumentation/#create-spans
 */
import { setTimeout as delay } from 'node:timers/promises'
import { trace } from '@opentelemetry/api'
import fastifyPlugin from 'fastify-plugin'
import { announce, channels } from '../../announcements.ts'

export const quotes = fastifyPlugin(
  async (app) => {
    const tracer = trace.getTracer('quotes')

    async function computeDiscount(customer: string): Promise<number> {
      // Exercise 4.1: your part begins
      return await tracer.startActiveSpan('compute_discount', async (span) => {
        try {
          const percent = await discountFor(customer)
          span.setAttribute('course_app.discount.percent', percent)
          return percent
        } finally {
          span.end()
        }
      })
      // Exercise 4.1: your part ends
    }

    app.get<{ Params: { customer: string } }>('/quote/:customer', async ({ params }) => {
      const discount = await computeDiscount(params.customer)
      return { price: 4900 * (1 - discount / 100) }
    })
  },
  { name: 'quotes', dependencies: ['tracer-provider'] },
)

/** In percent. The step that it announces has a span already. */
async function discountFor(customer: string): Promise<number> {
  const years = await announce(channels.step, { name: 'look_up_customer' }, () => delay(5, customer.length))
  if (customer === 'nobody') throw new Error('there is no such customer')
  return 3 * years
}
