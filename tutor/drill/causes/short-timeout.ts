import { type Cause, nothing, shows, symptom } from '../cause.ts'
import { callsIn, ms, pathOf } from '../span-facts.ts'

const COMPLETE = '/v1/bookings/:booking_id:complete'

/** @param timeoutMs how long the app waits for a receipt */
export function shortTimeoutCause(timeoutMs: number): Cause {
  return {
    name: `the service that writes receipts takes longer than the ${timeoutMs} ms that the app waits, so every payment fails`,
    related: ['a timeout that is too short', 'a slow or failing service'],
    terms: [
      {
        words: /receipt|(other|another|external|remote|third.?party) (service|server|call)|upstream|downstream/,
        missing: 'Payments fail. Whom do they wait for before they do?',
      },
      {
        words:
          /time[sd]?[- ]?out|g(i|a)ves? up|given up|abort|cancel|too (slow|long|short)|(takes|took|taking|is|got|became|become|longer).{0,15}(long|slow|than)|slow|impatien|(not|n['’]t) (answer|respond|reply)|deadline/,
        missing: 'How does that call end, and after how long each time?',
      },
    ],
    trace(trace) {
      const call = callsIn(trace).find((each) => pathOf(each) === '/receipts')
      if (call === undefined) return nothing('An ordinary one: it asks for no receipt.')
      return call.durationMs > 0.8 * timeoutMs
        ? shows(
            `The call for the receipt is given up after ${ms(Math.min(call.durationMs, trace.root.durationMs))}, and the payment fails.`,
          )
        : nothing('An ordinary one: the receipt comes at once.')
    },
    line: ({ route, status, level }) =>
      route === COMPLETE && (Number(status) >= 500 || level === 'error')
        ? symptom('The line says that the payment failed. Its trace says what it did before.')
        : nothing('It is not about a payment that failed.'),
    query: ({ question: { query } }) =>
      /status|5\.\.|error|complete/.test(query)
        ? symptom('It shows that payments fail. What do they do before that?')
        : nothing('It is not about payments that fail.'),
  }
}
