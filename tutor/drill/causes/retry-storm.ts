import { type Cause, nothing, shows, symptom } from '../cause.ts'
import type { ParametersOf } from '../fault.ts'
import type { retryStorm } from '../faults/retry-storm.ts'
import type { Run } from '../incident.ts'
import { callsIn, pathOf } from '../span-facts.ts'

export const retryStormCauses = ({
  parameters: { serviceTries, clientTries },
}: Run<ParametersOf<typeof retryStorm>>): Cause[] => [
  {
    name: `a retry storm. Two layers retry without a pause, ${serviceTries} × ${clientTries} calls for one request`,
    related: ['a retry storm', 'a slow or failing service'],
    terms: [
      {
        words: /\bretr(y|ies|ied|ying)|\btries\b|attempt|\bagain\b/,
        missing: 'One request makes many calls. Why does it not stop after the first that fails?',
      },
      {
        words:
          /\b(two|2|both|several|multiple|nested|different)\b.{0,20}(layer|level|place|loop|retr)|nested|layers?|levels?|multipl|\d ?(×|x|\*|times) ?\d|(no|without|lacks?|missing).{0,15}(pause|back.?off|delay|budget|wait|circuit)|immediately|at once|retr\w+\b.{0,60}\bretr|each (try|retry|attempt)|\d+ calls/,
        missing: 'A client that tries two or three times makes two or three calls. Why are there more?',
      },
    ],
    trace(trace) {
      const calls = callsIn(trace).filter((call) => pathOf(call).startsWith('/customers/')).length
      if (calls >= serviceTries * clientTries)
        return shows(`One request makes ${calls} calls to the registry, one after the other.`)
      return nothing(
        calls > 0 ? 'An ordinary one: it calls the registry once.' : 'An ordinary one: it does not call the registry.',
      )
    },
    line: ({ status }) =>
      Number(status) >= 500
        ? symptom('The line says that the request failed. Its trace says what it did before it gave up.')
        : nothing('The line of a request that did not fail.'),
    query: ({ question: { query } }) =>
      /request_count|status|5\.\.|error/.test(query)
        ? symptom('Some requests fail, and there are no more of them than before. How many calls does each make?')
        : nothing('It is about something else.'),
  },
]
