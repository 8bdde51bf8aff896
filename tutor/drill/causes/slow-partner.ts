import { type Cause, nothing, shows, symptom } from '../cause.ts'
import type { ParametersOf } from '../fault.ts'
import type { slowPartner } from '../faults/slow-partner.ts'
import type { Run } from '../incident.ts'
import { callsIn, isWaitingForConnection, ms, named } from '../span-facts.ts'

export const slowPartnerCauses = ({ parameters: { slowMs } }: Run<ParametersOf<typeof slowPartner>>): Cause[] => [
  {
    name: 'a transaction keeps its connection to the database while it waits for the payment provider, which has become slow',
    related: ['an exhausted connection pool', 'a lock', 'a slow or failing service'],
    terms: [
      {
        words:
          /provider|payment|charge|partner|(other|another|external|remote|third.?party) (service|server|system|call)|upstream|downstream|http call|\bcalls? (to|out)\b/,
        missing: 'The connection is held. What is its holder waiting for?',
      },
      {
        words:
          /transaction|(hold|held|keep|kept|occup|block|lock|pin|tie|tying)\w*.{0,40}(connection|lock|row)|connection.{0,40}(held|kept|open|blocked|occupied|while|during)|pool|between begin and commit/,
        missing: 'Requests that call nobody are slow too. What do they share with the one that calls?',
      },
    ],
    trace(trace) {
      const [begin] = named('BEGIN', trace)
      const call = callsIn(trace).find(
        ({ startMs, durationMs }) => startMs > (begin?.startMs ?? Number.POSITIVE_INFINITY) && durationMs > slowMs / 2,
      )
      if (call !== undefined)
        return shows(`The call ${call.name} takes ${ms(call.durationMs)}, between BEGIN and COMMIT.`)
      if (isWaitingForConnection(trace))
        return symptom('It is a victim, which waits for a connection. Which request holds it?')
      return nothing('An ordinary one: nothing in it takes long.')
    },
    line: ({ latency }) =>
      Number(latency) > 300
        ? symptom('The line says that the request was slow. Its trace says whether it waited, or made others wait.')
        : nothing('The line of a request that is as fast as ever.'),
    query({ question: { query } }) {
      if (/connection_wait/.test(query))
        return symptom('Requests wait for a connection. Which route holds it meanwhile, and why?')
      if (/duration|latency|active/.test(query)) return symptom('It shows who is slow, victims and culprit alike.')
      return nothing('It is about something else.')
    },
  },
]
