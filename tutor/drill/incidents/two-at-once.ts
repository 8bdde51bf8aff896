import { bookingLists } from '../booking-lists.ts'
import { missingIndexCause } from '../causes/missing-index.ts'
import { shortTimeoutCause } from '../causes/short-timeout.ts'
import { bookSeat } from '../everyday-traffic.ts'
import { twoAtOnce } from '../faults/two-at-once.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, number, time, word } from '../question.ts'

const COMPLETE = '/v1/bookings/:booking_id:complete'

export default defineIncident({
  id: '10',
  name: 'two-at-once',
  title: 'When it rains',
  report:
    'Customers can no longer pay, and the support desk waits for its lists of bookings. It all began in the same minute, so everybody says: "The database is overloaded, and payments time out."',
  fault: twoAtOnce,

  traffic: ({ column }) => [...bookingLists(column), { everyMs: 1200, act: bookSeat }],

  causes: ({ parameters: { column, timeoutMs }, beganAt }) => [
    missingIndexCause(column, beganAt),
    shortTimeoutCause(timeoutMs),
  ],

  questions: ({ parameters: { column, timeoutMs }, beganAt, logs, random }) => [
    word({
      ask: 'Which route fails?',
      form: 'a route as the log has it',
      right: [COMPLETE],
      nudge: 'Does that route fail? Look for a status of 500 or more.',
      hints: ['ask sum by (route, status) (http_server_request_count_total{status=~"5.."})'],
    }),
    time({
      ask: 'Since when? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [`grep '"level":"error"' ${logs}/app.log | head -n 2 | cut -c1-120`],
    }),
    choice(
      {
        ask: 'What does a failed payment spend its time on?',
        right: 'On a call to another service, which ends after the same time in each of them',
        wrong: {
          'On waiting for a connection to the database': 'Is there such a span in the trace, and how long is it?',
          'On a statement': 'How many statements does it execute before it fails?',
          'On computing': 'How much of the first span do the ones below it cover?',
        },
        hints: ['traces failed :complete   and then   trace 1'],
      },
      random,
    ),
    number({
      ask: 'After how many milliseconds does that call end? To within 30 %.',
      form: 'a number of milliseconds',
      right: timeoutMs,
      within: 0.3 * timeoutMs,
      nudge: 'Look at the span of the call alone.',
      hints: ['traces failed :complete, trace 1: the line named POST below the first one.'],
    }),
    word({
      ask: 'Which path does it call?',
      form: 'a path, such as /v1/things',
      right: ['/receipts'],
      nudge: 'The attributes of the call have its URL.',
      hints: ['After trace 1, span <#> shows the attributes of a line. Look for url.path.'],
    }),
    choice(
      {
        ask: 'Would a faster database make payments work?',
        right: 'No: they fail before they execute a statement that is slow',
        wrong: {
          'Yes: the call is given up because the database is busy':
            'The other service is not this app, and has a database of its own or none.',
          'Yes: the payment holds a lock meanwhile': 'Is there a BEGIN before the call?',
        },
        hints: ['Which statements are in the trace of a failed payment, and how long do they take?'],
      },
      random,
    ),
    word({
      ask: 'Now the lists of bookings. By which column do the ones filter that got slow?',
      form: 'the name of a column',
      right: [column],
      nudge:
        'Statements with that filter are as fast as before, or only wait for others. Look at several of the slowest.',
      hints: [
        'traces slowest GET /v1/bookings, trace 1, span 2: db.query.text is the statement.',
        'Which column stands behind "where"?',
      ],
    }),
    choice(
      {
        ask: 'So what are the causes?',
        right: `Two: the index on ${column} is gone, and the service for receipts takes longer than the app waits for it`,
        wrong: {
          'One: the missing index overloads the database, and payments time out in it':
            'What does a failed payment wait for? Look at its trace again.',
          'One: the service for receipts is slow, and its callers hold the connections to the database':
            'Does a failed payment hold a connection? Then its trace would have a BEGIN before the call.',
          'One: there are more customers than usual': 'Count the requests per second, before and after.',
        },
        hints: ['Explain both symptoms. Then ask of each cause: would its symptom go away without the other one?'],
      },
      random,
    ),
  ],

  debrief: ({ parameters: { column, timeoutMs }, beganAt }) => `
Two faults at once. At ${clock(beganAt)} someone dropped the index on bookings (${column}), and in the same minute the service
that writes receipts became slow. Neither has made the other happen, and mending one leaves the other.

1. First list what is wrong, by route. One route fails, and another one is slow and does not fail:
     ask sum by (route, status) (http_server_request_count_total{status=~"5.."})
     ask quantile_over_time(0.95, {service="course-app"} | json | message="request completed" | unwrap latency [1m]) by (route)
2. A failed payment waits for no database. It calls /receipts, gives up after ${timeoutMs} ms, and answers 503:
     traces failed :complete
     trace 1
   The same duration in each of them is the mark of a timeout.
3. A slow list does nothing but one statement, and only those that filter by ${column} are slow:
     traces slowest GET /v1/bookings
     trace 1
     span 2
   The metrics count the statement that did it:
     ask sum by (operation) (db_client_operation_duration_seconds_count{operation="DROP"})
4. One cause for everything is tempting, because it began at once. Try it: what would you see if it were so? A payment
   that times out in a busy database would have a long statement, or a wait for a connection.

The remedy is one for each. Create the index, concurrently. And write the receipt after the payment, from a queue,
so that a customer who can pay does not depend on it: ${timeoutMs} ms is a good limit for what a request must wait for,
and a receipt is not such a thing. To be warned of either, alert on what users see by route, errors and latency, each by
itself.`,
})
