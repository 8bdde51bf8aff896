import { slowPartner } from '../faults/slow-partner.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, number, time, word } from '../question.ts'

const COMPLETE = '/v1/bookings/:booking_id:complete'

export default defineIncident({
  id: '3',
  name: 'slow-partner',
  title: 'Everybody waits, and nobody works',
  report:
    'Nearly everything is slow. The database is idle, the processor is idle, and nobody has more customers than usual.',
  fault: slowPartner,

  traffic: () => [],

  questions: ({ parameters: { slowMs }, beganAt, logs, dice }) => [
    word({
      ask: 'One of these two has been spared: which of /v1/courses and /hello is as quick as ever?',
      form: 'a route',
      right: ['/hello'],
      nudge: 'Compare the latencies of the two before and after.',
      hints: [
        `grep '"route":"/hello"' ${logs}/app.log | grep -o '"latency":[0-9]*' | tail -n 20   and the same for "/v1/courses"`,
      ],
    }),
    time({
      ask: 'Since when is it slow? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [
        `The first requests that took 300 ms or more:  grep '"latency":[3-9][0-9]\\{2\\}' ${logs}/app.log | head -n 5`,
      ],
    }),
    choice(
      {
        ask: 'Where does a slow GET /v1/courses spend its time?',
        right: 'In its statement, which waits for something: the same statement took a millisecond or two before',
        wrong: {
          'In many statements, one after the other': 'Count the statements in a trace. There are no more than before.',
          'Before its first statement': 'When does the first statement begin, and how long does it take?',
          'After its last statement': 'When does the last statement end, and when the request?',
        },
        hints: ['traces slowest GET /v1/courses   and then   trace 1'],
      },
      dice,
    ),
    word({
      ask: 'They are the victims. Which route holds what they wait for?',
      form: 'a route as the log has it',
      right: [COMPLETE],
      nudge: 'That one waits too. Look for a trace in which something else than a statement takes the time.',
      hints: [
        'A statement that waits is a long span of the database. The culprit has a long span of another kind.',
        'traces slowest :complete   and look at what its time is made of.',
      ],
    }),
    word({
      ask: 'What does that route call, and wait for? Give the path of the URL.',
      form: 'a path, such as /v1/things',
      right: ['/charges'],
      nudge:
        'A call to another service is a span of kind client whose name is the method. Its attributes have the URL.',
      hints: ['After trace <#>, span <#> shows the attributes of a line. Look for url.path.'],
    }),
    number({
      ask: 'How long does that call take? To within 30 %.',
      form: 'a number of milliseconds',
      right: slowMs,
      within: slowMs * 0.3,
      nudge: 'Look at the span of the call alone, not at the whole request.',
      hints: ['traces slowest :complete, trace 1: the line named POST.'],
    }),
    choice(
      {
        ask: 'So what is the cause?',
        right:
          'A transaction stays open, and its connection taken, while the app waits for another service that has become slow',
        wrong: {
          'The database has become slow': 'It is idle. A statement that is alone takes as long as before.',
          'The other service has become slow, and so has everything that calls it':
            'GET /v1/courses calls nobody, and is slow as well. What do it and the culprit have in common?',
          'There are too many requests for the database': 'Count the requests per second before and after.',
          'A batch of bookings is locked, and everybody wants a seat in it':
            'Listing courses locks nothing and waits too.',
        },
        hints: [
          'In the trace of the culprit: what happens before the call and what after it? What does it hold meanwhile?',
          'The embedded database has one connection, so a pool of one. With ten it takes ten such requests.',
        ],
      },
      dice,
    ),
  ],

  debrief: ({ parameters: { slowMs }, beganAt, url, logs }) => `
A slow partner has eaten the pool. Since ${clock(beganAt)} the payment provider takes ${slowMs} ms. POST ${COMPLETE}
calls it in the middle of a transaction: it has locked the booking and keeps its connection to the database until the
provider has answered. Everybody else waits for a connection. The embedded database has one; a pool of ten only takes
a few more customers.

1. The log shows that all routes that read the database got slow at once, and those that do not have not:
     grep '"latency":[3-9][0-9]\\{2\\}' ${logs}/app.log | grep -o '"route":"[^"]*"' | sort | uniq -c
   So it is something that they share.
2. The metrics show that requests pile up without being more, and that statements take long that never did:
     grep -h 'http_server_requests_active' ${logs}/metrics/*.txt | grep -v '#'
     curl -s ${url}/metrics | grep 'operation_duration_seconds_bucket.*SELECT.*courses'
   What is measured there is the time until the answer, so it includes waiting for a connection.
3. The traces tell victims from culprit. Of a victim all time is one statement. The culprit waits for somebody else:
     traces slowest GET /v1/courses
     traces slowest :complete
     trace 1
   SELECT bookings, then POST with ${slowMs} ms, then more statements: what is open before and after is a transaction.

The remedy is never to wait for another service while holding a connection or a lock: note the intent, commit, call,
note the result. And a call needs a timeout that is shorter than the patience of those who wait behind it.`,
})
