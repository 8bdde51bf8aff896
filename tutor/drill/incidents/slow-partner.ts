import { slowPartnerCauses } from '../causes/slow-partner.ts'
import { slowPartner } from '../faults/slow-partner.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, number, time, word } from '../question.ts'

/** Finds log lines of requests that took 300 ms or more. */
const SLOW_LINES = `grep '"latency":\\([3-9][0-9]\\{2\\}\\|[0-9]\\{4,\\}\\)'`

const COMPLETE = '/v1/bookings/:booking_id:complete'

export default defineIncident({
  id: '3',
  name: 'slow-partner',
  title: 'Everybody waits, and nobody works',
  report:
    'Nearly everything is slow. The database is idle, the processor is idle, and there are no more customers than usual.',
  fault: slowPartner,

  traffic: () => [],

  causes: slowPartnerCauses,

  questions: ({ parameters: { slowMs }, beganAt, logs, random }) => [
    word({
      ask: 'Which of /v1/courses and /hello is as fast as ever?',
      form: 'a route',
      right: ['/hello'],
      nudge: 'Compare the latencies of both routes, before and after.',
      hints: [
        `grep '"route":"/hello"' ${logs}/app.log | grep -o '"latency":[0-9]*' | tail -n 20   and the same for "/v1/courses"`,
      ],
    }),
    time({
      ask: 'Since when is it slow? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [`The first requests that took 300 ms or more:  ${SLOW_LINES} ${logs}/app.log | head -n 5`],
    }),
    choice(
      {
        ask: 'Where does a slow GET /v1/courses spend its time?',
        right: 'Before its statement, waiting for a connection to the database',
        wrong: {
          'In many statements, one after the other': 'Count the statements in a trace. There are as many as before.',
          'In its statement, which has become slow':
            'How long does the span SELECT courses take? Compare it with  traces oldest GET /v1/courses.',
          'After its last statement': 'When does the last statement end, and when the request?',
        },
        hints: ['traces slowest GET /v1/courses   and then   trace 1'],
      },
      random,
    ),
    word({
      ask: 'GET /v1/courses is a victim. Which route holds what it waits for?',
      form: 'a route as the log has it',
      right: [COMPLETE],
      nudge:
        'That route only waits. Look for a trace in which something other than the wait for a connection takes long.',
      hints: [
        'A victim has one long span, the wait for a connection. The culprit has a long span of another kind as well.',
        'traces slowest POST   lists the candidates. trace 1   shows what their time is made of.',
      ],
    }),
    word({
      ask: 'Which service does that route call and wait for? Give the path of the URL.',
      form: 'a path, such as /v1/things',
      right: ['/charges'],
      nudge:
        'A call to another service is a span of kind client, named after its HTTP method. Its attributes have the URL.',
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
          'A transaction keeps its connection to the database while the app waits for another service that has become slow',
        wrong: {
          'The database has become slow':
            'It is idle. In a slow trace of GET /v1/courses, the statement itself takes about as long as before.',
          'The other service has become slow, and so has everything that calls it':
            'GET /v1/courses calls no other service and is slow as well. What does it share with the culprit?',
          'There are too many requests for the database': 'Count the requests per second, before and after.',
          'A course is locked, and all customers want a seat in it': 'Listing courses takes no lock and waits too.',
        },
        hints: [
          'In the trace of the culprit, the call lies between BEGIN and COMMIT. What does the app hold for that time?',
          'The embedded database has a single connection. A pool of ten is used up by ten such requests.',
        ],
      },
      random,
    ),
  ],

  debrief: ({ parameters: { slowMs }, beganAt, url, logs }) => `
A slow partner used up the pool of connections. Since ${clock(beganAt)} the payment provider has taken ${slowMs} ms to answer.
POST ${COMPLETE} calls it inside a transaction: it has locked the booking, and keeps its
connection to the database until the provider has answered. All other requests wait for a connection. The embedded
database has a single one. A pool of ten fails in the same way, with a few more customers.

1. The log shows that the routes that use the database got slow at the same time, and those that do not are as fast as
   ever:
     ${SLOW_LINES} ${logs}/app.log | grep -o '"route":"[^"]*"' | sort | uniq -c
   So look for something that they share.
2. The metrics show that more requests are in flight, although no more come in, and that they wait for a connection:
     grep -h 'http_server_requests_active' ${logs}/metrics/*.txt | grep -v '#'
     grep -h 'connection_wait_duration_seconds_sum' ${logs}/metrics/*.txt
   A statement takes about as long as before, because its duration begins when it has a connection:
     curl -s ${url}/metrics | grep 'operation_duration_seconds_bucket.*SELECT.*courses'
3. The traces tell victims from the culprit. A victim spends nearly all its time on "wait for database connection":
     traces slowest GET /v1/courses
     trace 1
   The culprit calls another service:
     traces slowest :complete
     trace 1
     span <#>
   with the number of the line SELECT bookings shows that its text ends in "for update". A transaction has no span of its
   own: this one lasts from BEGIN to the end of COMMIT. POST, with ${slowMs} ms, is between the two, so for that long the app
   holds the lock and the connection. UPDATE bookings is no part of it. It comes after the commit, often after a wait for
   the connection like that of the victims.

The remedy is never to wait for another service while you hold a connection or a lock: store the intent, commit, call,
store the result. And give the call a timeout that is shorter than the patience of the requests that queue behind it.`,
})
