import { bookingLists } from '../booking-lists.ts'
import { missingIndexCause } from '../causes/missing-index.ts'
import { missingIndex } from '../faults/missing-index.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, time, word } from '../question.ts'

const INDEX = { user_id: 'bookings_by_user', status: 'bookings_by_status' } as const

export default defineIncident({
  id: '8',
  name: 'missing-index',
  title: 'The support desk waits',
  report: 'The support desk waits for its lists of bookings, one of them above all. No version was deployed lately.',
  fault: missingIndex,

  traffic: ({ column }) => bookingLists(column),

  causes: ({ parameters: { column }, beganAt }) => [missingIndexCause(column, beganAt)],

  questions: ({ parameters: { column }, beganAt, logs, random }) => [
    word({
      ask: 'Which route got slow?',
      form: 'a route as the log has it',
      right: ['/v1/bookings'],
      nudge:
        'Compare its latencies with those before. A route whose requests only wait for others is slow now and then.',
      hints: [
        `Requests that took 20 ms or more, by route:  grep '"latency":\\([2-9][0-9]\\|[0-9]\\{3\\}\\)' ${logs}/app.log | grep -o '"method":"[^"]*"\\|"route":"[^"]*"' | paste - - | sort | uniq -c | sort -n`,
      ],
    }),
    time({
      ask: 'Since when? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [
        `All latencies of the route:  grep GET ${logs}/app.log | grep '"route":"/v1/bookings",' | grep -o '"time":"[^"]*"\\|"latency":[0-9]*' | paste - -`,
      ],
    }),
    choice(
      {
        ask: 'What does a slow request spend its time on?',
        right: 'On one statement, which takes long',
        wrong: {
          'On many statements, one after the other': 'Count the spans of a slow trace.',
          'On computing, between its spans': 'How much of the first span does the one below it cover?',
          'On a call to another service': 'Is there such a span in the trace?',
        },
        hints: ['traces slowest GET /v1/bookings   then   trace 1'],
      },
      random,
    ),
    word({
      ask: 'Requests of this route differ in their filter. By which column does the statement that got slow filter?',
      form: 'the name of a column',
      right: [column],
      nudge:
        'Statements with that filter are as fast as before, or only wait for others. Look at several of the slowest.',
      hints: [
        'traces slowest GET /v1/bookings, trace 1, span 2: db.query.text is the statement, with $1 in place of values.',
        'Which column stands behind "where"?',
      ],
    }),
    choice(
      {
        ask: 'So what is the cause?',
        right: `There is no longer an index on ${column}, so the statement reads far more rows than it returns`,
        wrong: {
          'There are many more bookings than before':
            'booking_status_total counts the new ones: a few each second are nothing beside the 80 000 that were there.',
          'The statement waits for a lock':
            'A plain SELECT waits for no row lock. And the other filter reads the same table without such a wait.',
          'The database is overloaded by more requests': 'Count the requests per second, before and after.',
          'The answer has become larger': 'A page has at most 20 bookings, as before.',
        },
        hints: [
          `The metrics count statements by operation. Which one was executed once, when it began?  grep '^db_client_operation_duration_seconds_count{operation="[^SIUBC]' ${logs}/metrics/*.txt`,
          'How can the database find 20 rows among 80 000 without reading all of them?',
        ],
      },
      random,
    ),
  ],

  debrief: ({ parameters: { column }, beganAt, url, logs }) => `
An index was missing. At ${clock(beganAt)} someone dropped ${INDEX[column]}. Since then a list of bookings by ${column}
has had to read through all 80 000 of them.

1. The log shows one route that got slow, and since when. Requests with other filters are about as fast as before:
     grep GET ${logs}/app.log | grep '"route":"/v1/bookings",' | grep -o '"time":"[^"]*"\\|"latency":[0-9]*' | paste - -
2. The metrics show that statements on the table have moved into larger buckets:
     curl -s ${url}/metrics | grep 'operation_duration_seconds_bucket.*SELECT.*"bookings"'
   They also count the statement that did it, because it went through the app:
     curl -s ${url}/metrics | grep 'duration_seconds_count{operation="DROP"'
3. A trace shows that one statement takes nearly all the time, and its text. Its filter is the slow one:
     traces slowest GET /v1/bookings
     trace 1
     span 2
4. The database would confirm it: on a PostgreSQL server, explain analyze with that text shows a "Seq Scan", or an index
   scan that removes nearly all rows by a filter. (The drill's database is embedded: there is no server to connect to.)

The remedy is the index: create index concurrently ${INDEX[column]} on bookings (${column}, created_at, booking_id).
Before you drop an index, look at its idx_scan in pg_stat_user_indexes on the production server, after a month of traffic.`,
})
