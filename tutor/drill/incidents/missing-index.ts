import { missingIndex } from '../faults/missing-index.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, time, word } from '../question.ts'

const INDEX = { user_id: 'bookings_by_user', status: 'bookings_by_status' } as const

/** As many open "My bookings" at about the same moment. */
const AT_ONCE = 6

export default defineIncident({
  id: '8',
  name: 'missing-index',
  title: 'The support desk waits',
  report: 'The support desk waits for its lists, one of them above all. Nobody has deployed anything, they say.',
  fault: missingIndex,

  traffic: ({ column }) => {
    const query = (nth: number) => (column === 'user_id' ? `user_id=customer-${nth}` : 'status=failed')
    return [
      {
        everyMs: 600,
        act: (client) =>
          Promise.all(
            Array.from({ length: AT_ONCE }, () => client.get(`/v1/bookings?${query(client.dice.number(1, 4000))}`)),
          ),
      },
      { everyMs: 800, act: (client) => client.get('/v1/bookings?page_size=10') },
      // The other list goes on as well, to tell the two apart.
      {
        everyMs: 900,
        act: (client) =>
          client.get(column === 'user_id' ? '/v1/bookings?status=failed' : '/v1/bookings?user_id=customer-7'),
      },
    ]
  },

  questions: ({ parameters: { column }, beganAt, logs, dice }) => [
    word({
      ask: 'Which route got slow?',
      form: 'a route as the log has it',
      right: ['/v1/bookings'],
      nudge: 'Compare its latencies with those before. A request that only waits for others is slow now and then.',
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
        right: 'On one statement, which is answered late',
        wrong: {
          'On many statements, one after the other': 'Count the spans of a slow trace.',
          'On computing, between its spans': 'How much of the first span is covered by the one below it?',
          'On a call to another service': 'Is there such a span in the trace?',
        },
        hints: ['traces slowest GET /v1/bookings   then   trace 1'],
      },
      dice,
    ),
    word({
      ask: 'Requests of this route differ in their filter. By which column does the statement filter that got slow?',
      form: 'the name of a column',
      right: [column],
      nudge:
        'Statements with that filter are as quick as before, or wait for others only. Look at several of the slowest ones.',
      hints: [
        'traces slowest GET /v1/bookings, trace 1, span 2: db.query.text has the statement, with $1 in place of values.',
        'Which column stands behind "where"?',
      ],
    }),
    choice(
      {
        ask: 'So what is the cause?',
        right: `No index leads to ${column} any more, so the statement reads through all bookings`,
        wrong: {
          'There are many more bookings than before': 'booking_status_total counts them: a few more each minute.',
          'The statement waits for a lock':
            'Nobody locks a row to read a list. And the other filters, on the same table, do not wait.',
          'The database is overloaded': 'Other statements between these are as quick as ever.',
          'The answer has become larger': 'At most 20 bookings come back, as before.',
        },
        hints: [
          `The metrics count statements by operation. One came once, when it began:  grep -h 'duration_seconds_count{operation="[^SIU]' ${logs}/metrics/*.txt | sort | uniq -c`,
          'If a list of 20 rows takes longer, more rows than 20 are read for it.',
        ],
      },
      dice,
    ),
  ],

  debrief: ({ parameters: { column }, beganAt, url, logs }) => `
An index was missing. At ${clock(beganAt)} somebody dropped ${INDEX[column]}, and since then a list of bookings by
${column} reads through all 80 000 of them to find 20.

1. The log shows one route that got slow, and since when. Some of its requests are as quick as before:
     grep GET ${logs}/app.log | grep '"route":"/v1/bookings",' | grep -o '"time":"[^"]*"\\|"latency":[0-9]*' | paste - -
2. The metrics show that statements on the table have moved into larger buckets, and not that there are more of them:
     curl -s ${url}/metrics | grep 'operation_duration_seconds_bucket.*SELECT.*"bookings"'
   They also count what nobody should run by day, for the app itself was used to do it:
     curl -s ${url}/metrics | grep 'duration_seconds_count{operation="DROP"'
3. A trace has one statement that takes all the time, and the text of it. Only one filter is slow:
     traces slowest GET /v1/bookings
     trace 1
     span 2
4. The database itself confirms it. In psql, explain analyze with that text says "Seq Scan", or an index scan that
   removes nearly all rows by a filter.

The remedy is the index: create index concurrently ${INDEX[column]} on bookings (${column}, created_at, booking_id).
An index that nobody uses shows as such in pg_stat_user_indexes, after a month and on the server that serves.`,
})
