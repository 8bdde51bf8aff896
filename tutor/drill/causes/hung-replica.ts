import { type Cause, type Misleading, nothing, shows, symptom } from '../cause.ts'
import type { ParametersOf } from '../fault.ts'
import type { hungReplica } from '../faults/hung-replica.ts'
import type { Run } from '../incident.ts'
import { callsIn, ms, pathOf } from '../span-facts.ts'

export const hungReplicaCauses = ({ parameters: { timeoutMs } }: Run<ParametersOf<typeof hungReplica>>): Cause[] => [
  {
    name: 'one of the three replicas of the fraud check does not answer, and every third booking waits for it until the timeout',
    related: ['a slow or failing service'],
    terms: [
      {
        words:
          /fraud|replica|instance|server\.port|(other|another|external|remote|third.?party) (service|server)|upstream|downstream/,
        missing: 'Whom does a slow booking wait for?',
      },
      {
        words:
          /\bone (of|replica|instance|server|port|node|host|in three)\b|\b(a|single|bad|broken|hung|dead|first) (replica|instance|node|port)\b|(same|that|this) (replica|instance|port|server)|every third|a third|1 (of|in) 3|round.?robin/,
        missing: 'Most bookings call it as well and are fast. What is different about the calls of the slow ones?',
      },
      {
        words:
          /hang|hung|(not|n['’]t) (answer|respond|reply)|never|no (answer|reply|response)|time[sd]?[- ]?out|unresponsive|dead|stuck|\bdown\b|gives? up/,
        missing: 'How does that call end?',
      },
    ],
    trace(trace) {
      const calls = callsIn(trace).filter((call) => pathOf(call) === '/fraud-checks')
      const hung = calls.find(({ durationMs }) => durationMs > 0.8 * timeoutMs)
      if (hung !== undefined)
        return shows(
          `The call to port ${hung.attributes['server.port']} is given up after ${ms(hung.durationMs)}, and another port answers at once.`,
        )
      return nothing(
        calls.length > 0
          ? 'An ordinary one: the first replica that it asks answers at once.'
          : 'An ordinary one: it asks no other service.',
      )
    },
    line({ level, message, latency, route, method }) {
      if (level === 'warn' && /old key/.test(message))
        return nothing('One of the warnings. Look how long its request took, and how many fast requests have one.')
      if (/key has been rotated/.test(message))
        return nothing('That happened at the same time. Show that the one made the other happen.')
      return method === 'POST' && route === '/v1/bookings' && Number(latency) > timeoutMs / 2
        ? symptom('The line says that the booking was slow. Its trace says what it waited for.')
        : nothing('The line of a request that is as fast as ever.')
    },
    query: ({ question: { query } }) =>
      /warn|old key/.test(query)
        ? nothing('It counts the warnings. Which routes have them, and are those slow?')
        : /latency|duration/.test(query)
          ? symptom('It shows that some bookings are slow. What do those wait for?')
          : nothing('It is about something else.'),
  },
]

export const hungReplicaMisleading: readonly Misleading[] = [
  {
    words: /sign|\bkeys?\b|rotat|warning|token|session/,
    but: 'The warnings began in the same second. But do slow bookings have more of them than fast ones? And why are other routes with warnings not slow?',
  },
]
