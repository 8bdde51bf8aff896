import { type Cause, nothing, shows, symptom } from '../cause.ts'
import { callsIn } from '../span-facts.ts'

export const lostContextCauses = (): Cause[] => [
  {
    name: 'a proxy stands between the app and its partner, and drops the header traceparent, without which no service continues a trace',
    related: ['a lost trace context'],
    terms: [
      {
        words:
          /proxy|gateway|middle|intermedia|load.?balancer|another (server|host|port|hop)|new (server|host|port|hop)|in between|server\.port/,
        missing:
          'What has changed on the way between the two services? Compare the attributes of an old call with a new one.',
      },
      {
        words: /header|traceparent|context|propagat|trace.?id|baggage/,
        missing: 'What is lost there that a service needs to continue a trace?',
      },
    ],
    trace(trace, traces) {
      const { root, spans } = trace
      if (root.service === 'partner')
        return shows('It begins in the partner, with no parent: the context did not arrive.')
      if (callsIn(trace).length === 0) return nothing('An ordinary one: it calls no other service.')
      if (spans.some(({ service, kind }) => service === 'partner' && kind === 'server'))
        return nothing('An ordinary one: the spans of the partner are in it.')
      const hasBegun = traces.all().some((other) => other.root.service === 'partner')
      return hasBegun
        ? shows('It calls the partner, whose spans are not in it.')
        : nothing('The spans of the partner may not have arrived yet.')
    },
    line({ service, trace_id }, traces) {
      const [trace] = trace_id === undefined ? [] : traces.find(trace_id)
      if (service !== 'partner') return nothing('The line of the app has a trace_id. Has the partner the same?')
      return trace?.root.service === 'partner'
        ? shows('Its trace_id is not one of the app: the partner began a trace of its own.')
        : nothing('Its trace_id is one of the app, as it should be.')
    },
    query: () =>
      symptom('Nothing is slower and nothing fails. Look at traces, or at the trace_id of lines of both services.'),
  },
]
