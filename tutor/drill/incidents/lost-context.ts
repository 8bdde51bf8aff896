import { lostContext } from '../faults/lost-context.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, number, time, word } from '../question.ts'

export default defineIncident({
  id: '6',
  name: 'lost-context',
  title: 'The other half of the story',
  report:
    'Nothing is slow and nothing fails. But the people on call cannot tell any more what the partner does for us.',
  fault: lostContext,

  traffic: () => [{ everyMs: 600, act: (client) => client.get('/propagation') }],

  questions: ({ beganAt, url, dice }) => [
    word({
      ask: 'Which service’s spans are missing from new traces of GET /propagation? Compare an old trace with a new one.',
      form: 'the name of a service',
      right: ['partner'],
      nudge: 'Which services are named in the first line of an old trace, and which in that of a new one?',
      hints: ['traces oldest GET /propagation   then   trace 1', 'traces newest GET /propagation   then   trace 3'],
    }),
    choice(
      {
        ask: 'Where are they now?',
        right: 'In traces of their own, of which they are the first span',
        wrong: {
          'Nowhere: that service sends no spans any more': 'Try:  traces newest',
          'Nowhere: they are not sampled': 'Try:  traces newest',
          'In other requests’ traces of this app': 'Look at the traces whose first span is one of that service.',
        },
        hints: ['traces newest   The service of the first span is in brackets.'],
      },
      dice,
    ),
    time({
      ask: 'Since when? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [
        'Both services write the trace_id on their lines. Until then each trace_id of the partner was one of ours too.',
        'traces oldest GET /hop   lists the traces that begin in the partner. When did the first of them begin?',
      ],
    }),
    number({
      ask: 'Into how many traces does one GET /propagation fall now?',
      form: 'a number',
      right: 2,
      within: 0,
      nudge:
        'Count the app’s own trace and those that its calls begin elsewhere. Does the gRPC call still belong to it?',
      hints: [
        `curl -s ${url}/propagation   shows which traceparent has arrived at each hop.`,
        'A hop that received none begins a trace of its own. A hop that received one carries on.',
      ],
    }),
    word({
      ask: 'Which header does not arrive any more, without which no service can carry a trace on?',
      form: 'the name of a header',
      right: ['traceparent'],
      nudge: 'Its name is also in what /propagation answers.',
      hints: ['W3C Trace Context names it: https://www.w3.org/TR/trace-context/', 'It begins with trace.'],
    }),
    choice(
      {
        ask: 'The app’s client span has the header still in hand. Which attribute of it is another one since that moment?',
        right: 'server.port: the call goes somewhere else now',
        wrong: {
          'http.request.method': 'It is GET before and after.',
          'http.response.status_code': 'It is 200 before and after. Nothing fails.',
          'url.path': 'It is /hop before and after.',
        },
        hints: [
          'traces oldest GET /propagation, trace 1, span 2   and the same with traces newest. (The line named GET.)',
        ],
      },
      dice,
    ),
    choice(
      {
        ask: 'So what is the cause?',
        right: 'Something stands between the two services since then, and passes on only the headers that it knows',
        wrong: {
          'The app does not inject the context any more':
            'Over gRPC it arrives. And the call goes to another port since then.',
          'The partner does not extract the context any more':
            'The partner shows what it received in its answer: nothing. And it was not the partner that has changed its port.',
          'The sampler of the partner was changed':
            'A parent’s decision would still be a parent. Their spans have none.',
          'The clocks of the two services have drifted apart':
            'That makes spans look misplaced, but leaves them in their trace.',
        },
        hints: ['Who sits between a client and a server, at an address of its own, and reads all headers?'],
      },
      dice,
    ),
  ],

  debrief: ({ beganAt, url, logs }) => `
The trace context was lost on the way. Since ${clock(beganAt)} the app reaches its partner through a proxy, which passes
on the headers that it knows. traceparent is not among them, and neither is baggage.

1. Nothing hurts, so no alert will ever tell. Metrics show nothing at all. It was noticed in a trace: half is missing.
     traces oldest GET /propagation
     traces newest GET /propagation
2. What is missing is elsewhere. The partner begins traces of its own, whose first span is its own server span:
     traces oldest GET /hop
   The first of them tells since when.
3. The logs say the same. The partner's lines have a trace_id, but since then none that is also in the app's log:
     tail -n 3 ${logs}/partner.log
     grep -c $(tail -n 1 ${logs}/partner.log | grep -o '"trace_id":"[^"]*"') ${logs}/app.log
4. What arrived says where it was lost. gRPC, which does not go that way, still carries it:
     curl -s ${url}/propagation
5. And the client span says what is different: server.port. The call goes to somebody else first.

The remedy is to let traceparent, tracestate and baggage pass, in proxies, gateways, queues and jobs alike. To notice
the next time: count root spans of services that are only ever called by others. There should be none.`,
})
