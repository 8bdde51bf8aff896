import { lostContextCauses } from '../causes/lost-context.ts'
import { lostContext } from '../faults/lost-context.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, number, time, word } from '../question.ts'

export default defineIncident({
  id: '6',
  name: 'lost-context',
  title: 'The other half of the story',
  report:
    'Nothing is slow and nothing fails. But traces no longer show the people on call what the partner does for us.',
  fault: lostContext,

  traffic: () => [{ everyMs: 600, act: (client) => client.get('/propagation') }],

  causes: lostContextCauses,

  questions: ({ beganAt, url, random }) => [
    word({
      ask: 'Which service’s spans are missing from new traces of GET /propagation? Compare an old trace with a new one.',
      form: 'the name of a service',
      right: ['partner'],
      nudge: 'Which services does the first line of an old trace name, and which does that of a new one?',
      hints: ['traces oldest GET /propagation   then   trace 1', 'traces newest GET /propagation   then   trace 3'],
    }),
    choice(
      {
        ask: 'Where are these spans now?',
        right: 'In separate traces, each as the root span',
        wrong: {
          'Nowhere: that service no longer sends spans': 'Try:  traces newest',
          'Nowhere: they are not sampled': 'Try:  traces newest',
          'In traces of this app’s other requests': 'Look at the traces whose first span belongs to that service.',
        },
        hints: ['traces newest   The service of the first span is in brackets.'],
      },
      random,
    ),
    time({
      ask: 'Since when? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [
        'Both services log the trace_id. Until then each trace_id in the partner’s log was in the app’s log too.',
        'traces oldest GET /hop   lists the traces that begin in the partner. When did the oldest begin?',
      ],
    }),
    number({
      ask: 'How many traces does one GET /propagation produce now?',
      form: 'a number',
      right: 2,
      within: 0,
      nudge:
        'Count the app’s trace, and each trace that one of its calls begins elsewhere. Is the gRPC call still part of the app’s trace?',
      hints: [
        `curl -s ${url}/propagation   shows which traceparent arrived at each hop.`,
        'A hop that receives no traceparent begins a new trace. A hop that receives one continues the trace.',
      ],
    }),
    word({
      ask: 'Which header no longer arrives, without which no service can continue a trace?',
      form: 'the name of a header',
      right: ['traceparent'],
      nudge: 'A continued trace needs another header. The answer of /propagation names it.',
      hints: ['W3C Trace Context names it: https://www.w3.org/TR/trace-context/', 'It begins with trace.'],
    }),
    choice(
      {
        ask: 'The app still sends that header. Which attribute of its client span has changed since then?',
        right: 'server.port: the call goes to another server now',
        wrong: {
          'http.request.method': 'It is GET before and after.',
          'http.response.status_code': 'It is 200 before and after. Nothing fails.',
          'url.path': 'It is /hop before and after.',
        },
        hints: [
          'traces oldest GET /propagation, trace 1, span 2   and the same with traces newest. Line 2 is the call, named GET.',
        ],
      },
      random,
    ),
    choice(
      {
        ask: 'So what is the cause?',
        right: 'A proxy stands between the two services now, and passes on only the headers that it knows',
        wrong: {
          'The app no longer injects the context':
            'Over gRPC it arrives. And why does the call go to another port now?',
          'The partner no longer extracts the context':
            'The answer of /propagation shows which traceparent the partner received: null. There was nothing to extract.',
          'The sampler of the partner was changed':
            'A sampler decides whether a span is recorded. It does not remove the span’s parent.',
          'The clocks of the two services have drifted apart':
            'Then spans would look misplaced, but would still be in the same trace.',
        },
        hints: ['What stands between a client and a server, has an address of its own, and reads all headers?'],
      },
      random,
    ),
  ],

  debrief: ({ beganAt, url, logs }) => `
The trace context was lost on the way. Since ${clock(beganAt)} the app has reached its partner through a proxy, which
passes on only the headers that it knows. traceparent, baggage and x-request-id are not among them.

1. No request is slower and none fails, so no alert fires and no metric shows it. A trace does: half of it is missing.
     traces oldest GET /propagation
     traces newest GET /propagation
2. The missing spans are elsewhere. The partner begins new traces, whose root is its own server span:
     traces oldest GET /hop
   The oldest of them tells since when.
3. The logs agree. The partner's lines have a trace_id, but it is no longer one of the app's: the count is 0.
     tail -n 3 ${logs}/partner.log
     grep -c $(tail -n 1 ${logs}/partner.log | grep -o '"trace_id":"[^"]*"') ${logs}/app.log
4. The headers that arrived say where the context was lost. gRPC does not pass the proxy and still carries it:
     curl -s ${url}/propagation
5. The client span says what has changed: server.port. The call goes to another server first.

The remedy is to let traceparent, tracestate and baggage pass, in proxies, gateways, queues and jobs alike. To be
warned next time, count the root spans of services that only other services call. There should be none.`,
})
